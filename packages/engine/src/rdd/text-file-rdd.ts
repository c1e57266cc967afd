// The lines of text files, one partition for each file. A file is read in chunks of bounded size while its lines
// are processed, so that a large file needs no more memory than a chunk and its longest line.
import { asSelectedFile, type SelectedFile } from './file-chunks.ts';
import { TextLineDecoder } from './text-line-decoder.ts';
import { positiveInteger } from './positive-integer.ts';
import { pushInSlices } from './push-records.ts';
import type { RDD } from './rdd.ts';
import type { RddEnvironment } from './rdd-environment.ts';
import { textChunks } from './text-chunks.ts';

/** Options for reading text files. */
export interface TextFileOptions {
  /** Size of one read, in bytes; default 256 KiB. */
  readonly chunkBytes?: number;
  /** A longer line is `MR_RDD_LINE_TOO_LONG`; default 16 MiB. */
  readonly maxLineBytes?: number;
}

/**
 * An RDD of lines: each ends with `\n` or `\r\n`, which do not belong to the line; the last may end with the file.
 * A UTF-8 byte order mark at the beginning of a file is left out. A file whose name ends with `.gz` is unpacked.
 * Tasks fail with `MR_RDD_FILE_GONE` or `MR_RDD_FILE_CHANGED` when a file differs from its state at selection, with
 * `MR_RDD_FILE_NOT_GZIP` when a `.gz` file is no whole gzip file, and with the code of the storage when a file
 * cannot be read.
 */
export function textFileRdd(
  environment: RddEnvironment,
  files: readonly (string | SelectedFile)[],
  options: TextFileOptions = {},
): RDD<string> {
  const chunkBytes = positiveInteger('chunkBytes', options.chunkBytes ?? 256 * 1_024);
  const maxLineBytes = positiveInteger('maxLineBytes', options.maxLineBytes ?? 16 * 1_024 * 1_024);
  return environment.define<string>(() => ({
    kind: 'source',
    partitionCount: files.length,
    dependencies: [],
    produce: async (partition, context, push) => {
      const file = asSelectedFile(files[partition] ?? '');
      const decoder = new TextLineDecoder({
        carriageReturns: true,
        isFileStart: true,
        maxLineBytes,
        name: file.path,
      });
      for await (const chunk of textChunks(context.storage, file, chunkBytes))
        await pushInSlices(decoder.decode(chunk), context, push);
      await pushInSlices(decoder.end(), context, push);
    },
  }));
}
