// The files of a receiver under test, with the bytes counted that are read from them.
import type { Storage, StorageFile } from '@millrace/core';

/** A storage that counts what is read. */
export class CountingStorage implements Storage {
  readonly #storage: Storage;
  /** Bytes that were read from files so far. */
  readBytes = 0;

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  async open(path: string, mode: Parameters<Storage['open']>[1]): Promise<StorageFile> {
    const file = await this.#storage.open(path, mode);
    return {
      size: () => file.size(),
      append: (buffers) => file.append(buffers),
      sync: () => file.sync(),
      readAt: async (offset, length) => {
        const bytes = await file.readAt(offset, length);
        this.readBytes += bytes.byteLength;
        return bytes;
      },
      truncate: (size) => file.truncate(size),
      close: () => file.close(),
    };
  }

  list(directory: string): ReturnType<Storage['list']> {
    return this.#storage.list(directory);
  }

  stat(path: string): ReturnType<Storage['stat']> {
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
