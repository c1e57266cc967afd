// One open file of the host.
import type { FileHandle } from 'node:fs/promises';
import { basename } from 'node:path';
import type { StorageEntry, StorageFile, StorageOpenMode } from '../contracts/storage.ts';
import { coreError } from '../errors/core-errors.ts';
import { entryOf, entryOfPath } from './node-entry.ts';
import type { OpenedFile } from './open-regular.ts';
import { withStorageErrors } from './storage-failure.ts';

/** One read of the system; from 2 GiB on it would end the process. */
const READ_BYTES_MAX = 2 ** 30;

/** How a file was opened. */
export interface NodeStorageFileOptions {
  readonly mode: StorageOpenMode;
  /** Called once, when the file begins to close. */
  readonly onClosed: () => void;
}

/** What opening a file gives: the handle, and where appends go. */
export class NodeStorageFile implements StorageFile {
  /** The name that the storage has for the file; another one once the storage has renamed it. */
  path: string;
  readonly #handle: FileHandle;
  readonly #fileId: string | undefined;
  readonly #onClosed: () => void;
  /** Where the next append goes; undefined: to the end, which the system finds. */
  #position: number | undefined;
  #closed: Promise<void> | undefined;

  constructor({ handle, stats }: OpenedFile, path: string, { mode, onClosed }: NodeStorageFileOptions) {
    this.#handle = handle;
    this.path = path;
    this.#fileId = entryOf('', stats).fileId;
    this.#onClosed = onClosed;
    this.#position = mode === 'overwrite' ? 0 : undefined;
  }

  stat(): Promise<StorageEntry> {
    return this.#run('look at', async () =>
      entryOf(basename(this.path), await this.#handle.stat({ bigint: true })),
    );
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
    return this.#run('sync file', async () => {
      const named = entryOfPath(this.path);
      // Looked at beside the flush, which takes longer; an error is heard below.
      named.catch(() => undefined);
      await this.#handle.datasync();
      if ((await named)?.fileId !== this.#fileId) throw this.#gone();
    });
  }

  readAt(offset: number, length: number): Promise<Uint8Array> {
    return this.#run('read file', async () => {
      // Memory of its own, and not of the pool that small Buffers share: the caller may transfer it.
      const bytes = new Uint8Array(length);
      let filled = 0;
      while (filled < length) {
        const wanted = Math.min(length - filled, READ_BYTES_MAX);
        const { bytesRead } = await this.#handle.read(bytes, filled, wanted, offset + filled);
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
    this.#closed ??= this.#close();
    return this.#closed;
  }

  #close(): Promise<void> {
    this.#onClosed();
    return this.#run('close file', () => this.#handle.close());
  }

  #gone(): Error {
    const message = `could not sync file ${this.path}: it was removed, renamed or replaced while it was open; put it back, or start again`;
    return coreError('MR_STORAGE_NOT_FOUND', message, {
      details: { path: this.path, operation: 'sync file' },
    });
  }

  #run<T>(name: string, run: () => Promise<T>): Promise<T> {
    return withStorageErrors({ name, path: this.path }, run);
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
