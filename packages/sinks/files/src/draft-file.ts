// A file while it is written: under a temporary name, where nobody takes it for a result. It gets its real name in one
// step, when all of it is on the disk, so whoever finds that name finds the whole file.
import type { Storage, StorageCreation, StorageFile } from '@millrace/core';

/** A file without its final name. Append, then publish or discard. */
export class DraftFile {
  readonly #storage: Storage;
  readonly #path: string;
  readonly #file: StorageFile;

  private constructor(storage: Storage, path: string, file: StorageFile) {
    this.#storage = storage;
    this.#path = path;
    this.#file = file;
  }

  /** Makes the file. @throws `MR_STORAGE_EXISTS` when the temporary name is taken. */
  static async create(storage: Storage, path: string, creation: StorageCreation): Promise<DraftFile> {
    return new DraftFile(storage, path, await storage.open(path, 'create', creation));
  }

  async append(bytes: Uint8Array): Promise<void> {
    await this.#file.append([bytes]);
  }

  /** Gives the file its name, replacing what had it; with `fsync`, its content is durable before the name is seen. */
  async publish(path: string, { fsync }: { readonly fsync: boolean }): Promise<void> {
    if (fsync) await this.#file.sync();
    await this.#file.close();
    await this.#storage.rename(this.#path, path);
  }

  /** Removes the file. Also after a failed `publish`. */
  async discard(): Promise<void> {
    try {
      await this.#file.close();
    } finally {
      await this.#storage.remove(this.#path);
    }
  }
}
