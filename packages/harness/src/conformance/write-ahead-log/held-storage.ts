// A disk that can be made to wait: what is appended and synced goes on when the test says so.
import type { Storage, StorageEntry, StorageFile, StorageOpenMode } from '@millrace/core';

/** A storage in front of another. */
export class HeldStorage implements Storage {
  readonly #storage: Storage;
  #gate: Promise<void> | undefined;

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  /** Holds back appends and syncs; the answer lets them go on. */
  hold(): () => void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#gate = promise;
    return () => {
      this.#gate = undefined;
      resolve();
    };
  }

  async open(path: string, mode: StorageOpenMode): Promise<StorageFile> {
    const file = await this.#storage.open(path, mode);
    return {
      size: () => file.size(),
      append: async (buffers) => {
        await this.#gate;
        await file.append(buffers);
      },
      sync: async () => {
        await this.#gate;
        await file.sync();
      },
      readAt: (offset, length) => file.readAt(offset, length),
      truncate: (size) => file.truncate(size),
      close: () => file.close(),
    };
  }

  list(directory: string): Promise<readonly StorageEntry[]> {
    return this.#storage.list(directory);
  }

  stat(path: string): Promise<StorageEntry | undefined> {
    return this.#storage.stat(path);
  }

  rename(from: string, to: string): Promise<void> {
    return this.#storage.rename(from, to);
  }

  remove(path: string): Promise<void> {
    return this.#storage.remove(path);
  }

  makeDirectory(path: string): Promise<void> {
    return this.#storage.makeDirectory(path);
  }

  syncDirectory(directory: string): Promise<void> {
    return this.#storage.syncDirectory(directory);
  }

  lock(path: string): Promise<() => Promise<void>> {
    return this.#storage.lock(path);
  }
}
