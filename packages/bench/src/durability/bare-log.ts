// The minimum cost of durable writing: one gathered write and one sync per group, and a new file when the current one
// is large. No frames, no checksums, no recovery. Old files are removed together with those of the file log, so both
// keep the same amount: a write into memory just freed by a removed file costs half as much as a write into other
// memory. Alternatively, old files are overwritten, as in the file log: a sync of an overwritten file has neither new
// blocks nor a new size to make durable.
import { type FileHandle, open, unlink } from 'node:fs/promises';
import { join } from 'node:path';

/** The default of the file log. */
const FILE_BYTES = 64 * 1_024 * 1_024;

/** Writes groups to files. */
export class BareLog {
  readonly #directory: string;
  readonly #isOverwriting: boolean;
  readonly #full: string[] = [];
  /** Files to overwrite. */
  readonly #old: string[] = [];
  #current: { readonly file: FileHandle; readonly path: string; bytes: number } | undefined;
  #number = 0;

  constructor(directory: string, { isOverwriting }: { readonly isOverwriting: boolean }) {
    this.#directory = directory;
    this.#isOverwriting = isOverwriting;
  }

  /** Writes and syncs one group. */
  async write(group: readonly Uint8Array[]): Promise<void> {
    const current = (this.#current ??= await this.#next());
    let expected = 0;
    for (const { byteLength } of group) expected += byteLength;
    const { bytesWritten } = await current.file.writev(group, current.bytes);
    if (bytesWritten !== expected) throw new Error(`wrote ${bytesWritten} of ${expected} bytes`);
    await current.file.datasync();
    current.bytes += expected;
    if (current.bytes >= FILE_BYTES) await this.close();
  }

  /** Removes all files but the newest, or keeps them for overwriting. */
  async clean(): Promise<void> {
    const full = this.#full.splice(0);
    if (this.#isOverwriting) this.#old.push(...full);
    else for (const path of full) await unlink(path);
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
    const old = this.#old.shift();
    if (old !== undefined) return { file: await open(old, 'r+'), path: old, bytes: 0 };
    this.#number += 1;
    const path = join(this.#directory, String(this.#number));
    return { file: await open(path, 'wx'), path, bytes: 0 };
  }
}
