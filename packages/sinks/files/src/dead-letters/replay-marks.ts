// What was replayed, on the disk beside the letters:
//
//   .millrace/replayed/<name of the file of letters>   the number of replayed letters and `\n`
//
// A mark is written under another name and renamed, so that a mark is whole. One replay at a time holds the lock.
import { join } from 'node:path';
import { isMillraceError, type Storage } from '@millrace/core';

/** More than the digits of any number of letters. */
const LINE_BYTES_MAX = 32;

/** The marks of one directory. */
export class ReplayMarks {
  readonly #storage: Storage;
  readonly #directory: string;
  readonly #hidden: string;

  constructor(storage: Storage, directory: string) {
    this.#storage = storage;
    this.#hidden = join(directory, '.millrace');
    this.#directory = join(this.#hidden, 'replayed');
  }

  /** Makes the directory and takes the lock. @throws `MR_STORAGE_LOCKED` while another replay runs. */
  async open(): Promise<() => Promise<void>> {
    await this.#storage.makeDirectory(this.#directory);
    return this.#storage.lock(join(this.#hidden, 'replay.lock'));
  }

  /** The number of letters of a file that were replayed. */
  async of(name: string): Promise<number> {
    try {
      const file = await this.#storage.open(join(this.#directory, name), 'read');
      try {
        const text = Buffer.from(await file.readAt(0, LINE_BYTES_MAX)).toString();
        return /^\d+\n$/.test(text) ? Number(text) : 0;
      } finally {
        await file.close();
      }
    } catch (error) {
      if (isMillraceError(error, 'MR_STORAGE_NOT_FOUND')) return 0;
      throw error;
    }
  }

  /** Marks the first letters of a file as replayed, durably. */
  async set(name: string, count: number): Promise<void> {
    const draft = join(this.#directory, `.${name}.draft`);
    await this.#storage.remove(draft);
    const file = await this.#storage.open(draft, 'create');
    try {
      await file.append([Buffer.from(`${count}\n`)]);
      await file.sync();
    } finally {
      await file.close();
    }
    await this.#storage.rename(draft, join(this.#directory, name));
    await this.#storage.syncDirectory(this.#directory);
  }
}
