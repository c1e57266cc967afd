// Files that take their time before the first byte is written. A kill of the process loses what was not written yet, so an
// acknowledgement that comes too early is noticed.
import { setTimeout } from 'node:timers/promises';
import { NodeStorage, type StorageCreation, type StorageFile, type StorageOpenMode } from '@millrace/core';

const DELAY_MS = 40;

/** The files of this machine, with a delay before each write. */
export class SlowStorage extends NodeStorage {
  override async open(path: string, mode: StorageOpenMode, creation?: StorageCreation): Promise<StorageFile> {
    const file = await super.open(path, mode, creation);
    return {
      size: () => file.size(),
      append: async (buffers) => {
        await setTimeout(DELAY_MS);
        await file.append(buffers);
      },
      sync: () => file.sync(),
      readAt: (offset, length) => file.readAt(offset, length),
      truncate: (size) => file.truncate(size),
      close: () => file.close(),
    };
  }
}
