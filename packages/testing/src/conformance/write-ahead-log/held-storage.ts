// A disk that can be suspended: appends and syncs continue when the test resumes the disk.
import type { StorageFile } from '@millrace/core';
import { StorageInFront } from '../kit/storage-in-front.ts';

/** A storage that can be suspended. */
export class HeldStorage extends StorageInFront {
  #gate: Promise<void> | undefined;

  /** Suspends appends and syncs; the returned function resumes both. */
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
      ...(file.appendDurably && {
        appendDurably: async (buffers: readonly Uint8Array[]) => {
          await this.#gate;
          await file.appendDurably?.(buffers);
        },
      }),
    };
  }
}
