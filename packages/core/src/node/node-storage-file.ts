// One open file of the host.
import type { FileHandle } from 'node:fs/promises';
import type { StorageFile, StorageOpenMode } from '../contracts/storage.ts';
import { withStorageErrors } from './storage-failure.ts';

/** What opening a file gives: the handle, the path for messages, and where appends go. */
export class NodeStorageFile implements StorageFile {
  readonly #handle: FileHandle;
  readonly #path: string;
  /** Where the next append goes; undefined: to the end, which the system finds. */
  #position: number | undefined;
  #closed: Promise<void> | undefined;

  constructor(handle: FileHandle, path: string, mode: StorageOpenMode) {
    this.#handle = handle;
    this.#path = path;
    this.#position = mode === 'overwrite' ? 0 : undefined;
  }

  size(): Promise<number> {
    return this.#run('measure file', async () => (await this.#handle.stat()).size);
  }

  /** One gathered write, and further ones for the rest as long as the system takes only a part. */
  append(buffers: readonly Uint8Array[]): Promise<void> {
    return this.#run('append to file', async () => {
      let rest = buffers.filter(({ byteLength }) => byteLength > 0);
      while (rest.length > 0) {
        const { bytesWritten } = await this.#handle.writev(rest, this.#position);
        if (this.#position !== undefined) this.#position += bytesWritten;
        rest = withoutFirst(rest, bytesWritten);
      }
    });
  }

  /** Flushes content and size, not the times: nothing of an engine relies on those after a loss of power. */
  sync(): Promise<void> {
    return this.#run('sync file', () => this.#handle.datasync());
  }

  readAt(offset: number, length: number): Promise<Uint8Array> {
    return this.#run('read file', async () => {
      // Memory of its own, and not of the pool that small Buffers share: the caller may transfer it.
      const bytes = new Uint8Array(length);
      let filled = 0;
      while (filled < length) {
        const { bytesRead } = await this.#handle.read(bytes, filled, length - filled, offset + filled);
        if (bytesRead === 0) break;
        filled += bytesRead;
      }
      return filled === length ? bytes : bytes.slice(0, filled);
    });
  }

  truncate(size: number): Promise<void> {
    return this.#run('truncate file', async () => {
      await this.#handle.truncate(size);
      if (this.#position !== undefined) this.#position = Math.min(this.#position, size);
    });
  }

  close(): Promise<void> {
    this.#closed ??= this.#run('close file', () => this.#handle.close());
    return this.#closed;
  }

  #run<T>(name: string, run: () => Promise<T>): Promise<T> {
    return withStorageErrors({ name, path: this.#path }, run);
  }
}

/** What is left of the buffers after so many bytes of them. */
export function withoutFirst(buffers: readonly Uint8Array[], bytes: number): Uint8Array[] {
  let skipped = 0;
  let left = bytes;
  for (const { byteLength } of buffers) {
    if (byteLength > left) break;
    left -= byteLength;
    skipped += 1;
  }
  const rest = buffers.slice(skipped);
  const first = rest[0];
  if (first !== undefined && left > 0) rest[0] = first.subarray(left);
  return rest;
}
