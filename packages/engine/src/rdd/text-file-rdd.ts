// The lines of text files, one partition for each file. A file is read in chunks of bounded size while its lines are
// worked on, so that a large file needs no more memory than a chunk and its longest line.
//
// A file can be read long after it was selected: by a batch that runs again, by a window. It must have the same lines
// then (BAT-4). What was added to it is not read; a file that is gone, shorter or other than it was fails the task.
import type { StorageEntry, StorageFile } from '@millrace/core';
import { LineDecoder } from './line-decoder.ts';
import { positiveInteger } from './positive-integer.ts';
import { pushInSlices } from './push-records.ts';
import type { RDD } from './rdd.ts';
import type { RddEnvironment } from './rdd-environment.ts';
import { rddError } from './rdd-errors.ts';
import type { TaskContext } from './task-context.ts';

/** A file, and what it was when it was selected; without that it is read as it is. */
export interface TextFile {
  readonly path: string;
  readonly selectedAs?: Pick<StorageEntry, 'sizeBytes' | 'modifiedMs'>;
}

/** How files are read. */
export interface TextFileOptions {
  /** How much is read at once, in bytes; default 256 KiB. */
  readonly chunkBytes?: number;
  /** A longer line is `MR_RDD_LINE_TOO_LONG`; default 16 MiB. */
  readonly maxLineBytes?: number;
}

/**
 * An RDD of lines: each ends with `\n` or `\r\n`, which do not belong to it; the last may end with the file. Tasks
 * fail with `MR_RDD_FILE_GONE` or `MR_RDD_FILE_CHANGED` when a file is not what it was selected as, and with the code of
 * the storage when it cannot be read.
 */
export function textFileRdd(
  environment: RddEnvironment,
  files: readonly (string | TextFile)[],
  options: TextFileOptions = {},
): RDD<string> {
  const chunkBytes = positiveInteger('chunkBytes', options.chunkBytes ?? 256 * 1_024);
  const maxLineBytes = positiveInteger('maxLineBytes', options.maxLineBytes ?? 16 * 1_024 * 1_024);
  return environment.define<string>(() => ({
    kind: 'source',
    partitionCount: files.length,
    dependencies: [],
    produce: async (partition, context, push) => {
      const textFile = asTextFile(files[partition] ?? '');
      const { path, selectedAs } = textFile;
      const endByte = selectedAs?.sizeBytes ?? Infinity;
      const decoder = new LineDecoder({ carriageReturns: true, maxLineBytes, name: path });
      await assertSame(textFile, context);
      const file = await context.storage.open(path, 'read');
      try {
        for await (const chunk of chunksOf(file, { chunkBytes, endByte })) {
          await pushInSlices(decoder.decode(chunk), context, push);
        }
        await pushInSlices(decoder.end(), context, push);
      } finally {
        await file.close();
      }
    },
  }));
}

async function* chunksOf(
  file: StorageFile,
  { chunkBytes, endByte }: { readonly chunkBytes: number; readonly endByte: number },
): AsyncGenerator<Uint8Array> {
  for (let offset = 0; offset < endByte;) {
    const chunk = await file.readAt(offset, Math.min(chunkBytes, endByte - offset));
    if (chunk.length === 0) return;
    offset += chunk.length;
    yield chunk;
  }
}

/** A longer file counts as the same one with something added: its time says no more than that it was written to. */
async function assertSame({ path, selectedAs }: TextFile, context: TaskContext): Promise<void> {
  if (selectedAs === undefined) return;
  const { sizeBytes, modifiedMs } = selectedAs;
  const now = await context.storage.stat(path);
  if (now === undefined) {
    const message = `${path} was selected for a batch and is gone; restore it, with its time, and run the batch again`;
    throw rddError('MR_RDD_FILE_GONE', message, { details: { path, sizeBytes } });
  }
  const isSame = now.sizeBytes === sizeBytes && now.modifiedMs === modifiedMs;
  if (isSame || now.sizeBytes > sizeBytes) return;
  const message =
    `expected ${path} as it was selected for a batch, with ${sizeBytes} bytes, it was written to since and has ` +
    `${now.sizeBytes}; restore it, with its time, and run the batch again`;
  const details = { path, sizeBytes, modifiedMs, nowBytes: now.sizeBytes, nowModifiedMs: now.modifiedMs };
  throw rddError('MR_RDD_FILE_CHANGED', message, { details });
}

function asTextFile(file: string | TextFile): TextFile {
  return typeof file === 'string' ? { path: file } : file;
}
