// A file during writing: under a temporary name, which no reader takes for a result. The file gets its real name in one
// step, when the whole content is on the disk, so every reader of that name finds the complete file.
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

  /**
   * Gives the file its final name, replacing any file of that name; with `fsync`, the content is durable before the
   * name is visible.
   */
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
