// Binary files, one partition for each file: cut into records of one length, or passed as a whole to a function of
// the program.
import { asSelectedFile, fileChunks, type SelectedFile } from './file-chunks.ts';
import { positiveInteger } from './positive-integer.ts';
import { pushInSlices, pushIterable } from './push-records.ts';
import { synchronousIterable } from './synchronous.ts';
import type { RDD } from './rdd.ts';
import type { RddEnvironment } from './rdd-environment.ts';
import { rddError } from './rdd-errors.ts';

/** Approximate size of one read, in bytes. */
const CHUNK_BYTES = 256 * 1_024;

/**
 * Records of `recordBytes` bytes. Tasks fail with `MR_RDD_RECORD_INCOMPLETE` when a file ends inside a record, and
 * with the codes of `fileChunks`.
 */
export function binaryRecordsRdd(
  environment: RddEnvironment,
  files: readonly (string | SelectedFile)[],
  recordBytes: number,
): RDD<Uint8Array> {
  const chunkBytes = Math.max(1, Math.floor(CHUNK_BYTES / recordBytes)) * recordBytes;
  return environment.define<Uint8Array>(() => ({
    kind: 'source',
    partitionCount: files.length,
    dependencies: [],
    produce: async (partition, context, push) => {
      const file = asSelectedFile(files[partition] ?? '');
      const { path } = file;
      let rest: Uint8Array = new Uint8Array();
      // A storage may return fewer bytes than requested, so records may lie across chunks.
      for await (const chunk of fileChunks(context.storage, file, chunkBytes)) {
        const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
        const count = Math.floor(bytes.length / recordBytes);
        const records = Array.from({ length: count }, (_, index) =>
          Uint8Array.prototype.slice.call(bytes, index * recordBytes, (index + 1) * recordBytes),
        );
        rest = bytes.subarray(count * recordBytes);
        await pushInSlices(records, context, push);
      }
      if (rest.length > 0) throw incomplete(path, recordBytes, rest.length);
    },
  }));
}

/** Options for reading whole files. */
export interface WholeFileOptions<T> {
  /** Makes the records of a file; runs on the executor that reads the file. */
  readonly parse: (content: Uint8Array, path: string) => Iterable<T>;
  /** A larger file is `MR_RDD_FILE_TOO_LARGE`; default 64 MiB. */
  readonly maxFileBytes?: number | undefined;
}

/**
 * The records that `parse` makes of each file. Tasks fail with `MR_RDD_FILE_TOO_LARGE` and with the codes of
 * `binaryRecordsRdd`.
 */
export function wholeFileRdd<T>(
  environment: RddEnvironment,
  files: readonly (string | SelectedFile)[],
  options: WholeFileOptions<T>,
): RDD<T> {
  const maxFileBytes = positiveInteger('maxFileBytes', options.maxFileBytes ?? 64 * 1_024 * 1_024);
  return environment.define<T>(() => ({
    kind: 'source',
    partitionCount: files.length,
    dependencies: [],
    produce: async (partition, context, push) => {
      const file = asSelectedFile(files[partition] ?? '');
      const { path } = file;
      const chunks: Uint8Array[] = [];
      let sizeBytes = 0;
      for await (const chunk of fileChunks(context.storage, file, CHUNK_BYTES)) {
        sizeBytes += chunk.length;
        if (sizeBytes > maxFileBytes) throw tooLarge(path, maxFileBytes);
        chunks.push(chunk);
      }
      const records = synchronousIterable('fileStream', options.parse(Buffer.concat(chunks), path));
      await pushIterable(records, context, push);
    },
  }));
}

function incomplete(path: string, recordBytes: number, restBytes: number): Error {
  return rddError(
    'MR_RDD_RECORD_INCOMPLETE',
    `expected ${path} to hold records of ${recordBytes} bytes, but it ends with ${restBytes}; check the length, and put files into the directory complete`,
    { details: { path, recordBytes, restBytes } },
  );
}

function tooLarge(path: string, maxFileBytes: number): Error {
  return rddError(
    'MR_RDD_FILE_TOO_LARGE',
    `expected ${path} to have at most ${maxFileBytes} bytes; raise maxFileBytes, or read the file as lines or records`,
    { details: { path, maxFileBytes } },
  );
}
