// The least that durable appending can cost: one gathered write and one sync for each group, and a new file when the
// old one is large. No frames, no checksums, no recovery. Old files are removed when the file log removes its own, so
// that both keep as much: a write into memory that a removed file has just given back costs half of one into other. It
// does not write over them, as the file log does: what is measured here is appending.
import { type FileHandle, open, unlink } from 'node:fs/promises';
import { join } from 'node:path';

/** As the file log's default. */
const FILE_BYTES = 64 * 1_024 * 1_024;

/** Appends groups to files. */
export class BareLog {
  readonly #directory: string;
  readonly #full: string[] = [];
  #current: { readonly file: FileHandle; readonly path: string; bytes: number } | undefined;
  #number = 0;

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** Writes and syncs one group. */
  async write(group: readonly Uint8Array[]): Promise<void> {
    const current = (this.#current ??= await this.#next());
    let expected = 0;
    for (const { byteLength } of group) expected += byteLength;
    const { bytesWritten } = await current.file.writev(group);
    if (bytesWritten !== expected) throw new Error(`wrote ${bytesWritten} of ${expected} bytes`);
    await current.file.datasync();
    current.bytes += expected;
    if (current.bytes >= FILE_BYTES) await this.close();
  }

  /** Removes all files but the newest. */
  async clean(): Promise<void> {
    for (const path of this.#full.splice(0)) await unlink(path);
  }

  /** Closes the newest file. */
  async close(): Promise<void> {
    const current = this.#current;
    this.#current = undefined;
    if (current === undefined) return;
    await current.file.close();
    this.#full.push(current.path);
  }

  async #next() {
    this.#number += 1;
    const path = join(this.#directory, String(this.#number));
    return { file: await open(path, 'ax'), path, bytes: 0 };
  }
}
