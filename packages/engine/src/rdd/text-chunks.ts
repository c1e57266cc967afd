// The content of a text file as bytes, chunk after chunk. A file whose name ends with `.gz` is unpacked.
import type { Storage } from '@millrace/core';
import { gunzipChunks, isGzipFailure, isGzipName } from '@millrace/core/engine';
import { fileChunks, type SelectedFile } from './file-chunks.ts';
import { rddError } from './rdd-errors.ts';

/** Yields chunks as `fileChunks` does. @throws also `MR_RDD_FILE_NOT_GZIP`. */
export function textChunks(
  storage: Storage,
  selected: SelectedFile,
  chunkBytes: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  const chunks = fileChunks(storage, selected, chunkBytes);
  return isGzipName(selected.path) ? unpacked(chunks, { path: selected.path, chunkBytes }) : chunks;
}

async function* unpacked(
  chunks: AsyncIterable<Uint8Array>,
  { path, chunkBytes }: { readonly path: string; readonly chunkBytes: number },
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* gunzipChunks(chunks, { chunkBytes });
  } catch (cause) {
    if (!isGzipFailure(cause)) throw cause;
    const message = `expected ${path} to be a whole gzip file, because of its name: ${cause.message}; restore the file, or rename the file`;
    throw rddError('MR_RDD_FILE_NOT_GZIP', message, { details: { path }, cause });
  }
}
