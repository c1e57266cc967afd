// The files of a receiver under test, with the bytes counted that are read from them.
import type { StorageFile } from '@millrace/core';
import { StorageInFront } from '../kit/storage-in-front.ts';

/** A storage that counts what is read. */
export class CountingStorage extends StorageInFront {
  /** Bytes that were read from files so far. */
  readBytes = 0;

  protected override inFrontOf(file: StorageFile): Partial<StorageFile> {
    return {
      readAt: async (offset, length) => {
        const bytes = await file.readAt(offset, length);
        this.readBytes += bytes.byteLength;
        return bytes;
      },
    };
  }
}
