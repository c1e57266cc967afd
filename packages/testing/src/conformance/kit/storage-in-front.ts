// A storage in front of another storage, for kits that observe or delay operations. All calls pass unchanged;
// subclasses decide the treatment of open files.
import type { Storage, StorageEntry, StorageFile, StorageOpenMode } from '@millrace/core';

/** Forwards every call. */
export class StorageInFront implements Storage {
  readonly #storage: Storage;

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  async open(path: string, mode: StorageOpenMode): Promise<StorageFile> {
    const file = await this.#storage.open(path, mode);
    return {
      size: () => file.size(),
      append: (buffers) => file.append(buffers),
      sync: () => file.sync(),
      ...(file.appendDurably && { appendDurably: file.appendDurably.bind(file) }),
      readAt: (offset, length) => file.readAt(offset, length),
      truncate: (size) => file.truncate(size),
      close: () => file.close(),
      ...this.inFrontOf(file),
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

  /** Overrides for an open file; none by default. */
  protected inFrontOf(_file: StorageFile): Partial<StorageFile> {
    return {};
  }
}
