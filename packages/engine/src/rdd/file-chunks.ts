// The bytes of a file, chunk after chunk: only one chunk of a file is in memory, however large the file is.
//
// A file can be read long after its selection: by a batch that runs again, by a window. The file must have the same
// bytes then (BAT-4). Appended bytes are not read; a missing, shorter or different file fails the task.
import { isMillraceError, type Storage, type StorageEntry, type StorageFile } from '@millrace/core';
import { rddError } from './rdd-errors.ts';

/** A file with its properties at selection; without properties the file is read in its current state. */
export interface SelectedFile {
  readonly path: string;
  readonly selectedAs?: Pick<StorageEntry, 'sizeBytes' | 'modifiedMs'>;
}

/** Turns a path into a file to be read in its current state. */
export function asSelectedFile(file: string | SelectedFile): SelectedFile {
  return typeof file === 'string' ? { path: file } : file;
}

/**
 * Yields chunks of up to `chunkBytes` bytes, at least one byte each. Fails with `MR_RDD_FILE_GONE` or
 * `MR_RDD_FILE_CHANGED` when the file differs from its state at selection, and with the code of the storage.
 */
export async function* fileChunks(
  storage: Storage,
  selected: SelectedFile,
  chunkBytes: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  const endByte = selected.selectedAs?.sizeBytes ?? Infinity;
  const file = await openSelected(storage, selected);
  try {
    if (selected.selectedAs !== undefined)
      assertSame(selected, (await file.stat?.()) ?? (await storage.stat(selected.path)));
    for (let offset = 0; offset < endByte;) {
      const chunk = await file.readAt(offset, Math.min(chunkBytes, endByte - offset));
      if (chunk.length === 0) return;
      offset += chunk.length;
      yield chunk;
    }
  } finally {
    await file.close();
  }
}

async function openSelected(storage: Storage, selected: SelectedFile): Promise<StorageFile> {
  try {
    return await storage.open(selected.path, 'read');
  } catch (error) {
    const isGone = selected.selectedAs !== undefined && isMillraceError(error, 'MR_STORAGE_NOT_FOUND');
    throw isGone ? gone(selected) : error;
  }
}

/**
 * A longer file counts as the same file with an addition: its modification time only shows that bytes were written.
 */
function assertSame(selected: SelectedFile, now: StorageEntry | undefined): void {
  const { path, selectedAs } = selected;
  if (selectedAs === undefined) return;
  if (now === undefined) throw gone(selected);
  const { sizeBytes, modifiedMs } = selectedAs;
  const isSame = now.sizeBytes === sizeBytes && now.modifiedMs === modifiedMs;
  if (isSame || now.sizeBytes > sizeBytes) return;
  const message =
    `expected ${path} as it was selected for a batch, with ${sizeBytes} bytes, but the file was written to since and has ` +
    `${now.sizeBytes}; restore the file, with its time, and run the batch again`;
  const details = { path, sizeBytes, modifiedMs, nowBytes: now.sizeBytes, nowModifiedMs: now.modifiedMs };
  throw rddError('MR_RDD_FILE_CHANGED', message, { details });
}

function gone({ path, selectedAs }: SelectedFile): Error {
  const message = `${path} was selected for a batch and is gone; restore the file, with its time, and run the batch again`;
  return rddError('MR_RDD_FILE_GONE', message, { details: { path, sizeBytes: selectedAs?.sizeBytes } });
}
