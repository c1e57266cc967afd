// The least that durable appending can cost: one gathered write and one sync for each group, and a new file when the
// old one is large. No frames, no checksums, no recovery.
import { type FileHandle, open, unlink } from 'node:fs/promises';
import { join } from 'node:path';

/** As the file log's default. */
const FILE_BYTES = 64 * 1_024 * 1_024;

/** Appends groups to files. */
export class BareLog {
  readonly #directory: string;
  #file: FileHandle | undefined;
  #number = 0;
  #bytes = 0;

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** Writes and syncs one group. */
  async write(group: readonly Uint8Array[]): Promise<void> {
    const file = this.#file ?? (await this.#next());
    let expected = 0;
    for (const { byteLength } of group) expected += byteLength;
    const { bytesWritten } = await file.writev(group);
    if (bytesWritten !== expected) throw new Error(`wrote ${bytesWritten} of ${expected} bytes`);
    await file.datasync();
    this.#bytes += expected;
    if (this.#bytes >= FILE_BYTES) await this.close();
  }

  /** Closes and removes the file. */
  async close(): Promise<void> {
    await this.#file?.close();
    if (this.#file !== undefined) await unlink(this.#path());
    this.#file = undefined;
  }

  async #next(): Promise<FileHandle> {
    this.#number += 1;
    this.#bytes = 0;
    this.#file = await open(this.#path(), 'ax');
    return this.#file;
  }

  #path(): string {
    return join(this.#directory, String(this.#number));
  }
}
