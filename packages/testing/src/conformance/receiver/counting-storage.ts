// The files of a receiver under test, with a count of the bytes read.
import type { StorageFile } from '@millrace/core';
import { StorageInFront } from '../kit/storage-in-front.ts';

/** A storage that counts read bytes. */
export class CountingStorage extends StorageInFront {
  /** Bytes read from files so far. */
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
