// A disk that can be made to wait: what is appended and synced goes on when the test says so.
import type { StorageFile } from '@millrace/core';
import { StorageInFront } from '../kit/storage-in-front.ts';

/** A storage that holds back. */
export class HeldStorage extends StorageInFront {
  #gate: Promise<void> | undefined;

  /** Holds back appends and syncs; the answer lets them go on. */
  hold(): () => void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#gate = promise;
    return () => {
      this.#gate = undefined;
      resolve();
    };
  }

  protected override inFrontOf(file: StorageFile): Partial<StorageFile> {
    return {
      append: async (buffers) => {
        await this.#gate;
        await file.append(buffers);
      },
      sync: async () => {
        await this.#gate;
        await file.sync();
      },
    };
  }
}
