// One open file of the host.
import { constants } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { basename } from 'node:path';
import type { StorageEntry, StorageFile, StorageOpenMode } from '../contracts/storage.ts';
import { coreError } from '../errors/core-errors.ts';
import { fileIdAt, storageEntry } from './node-entry.ts';
import { type OpenedFile, openRegular } from './open-regular.ts';
import { withStorageErrors } from './storage-failure.ts';

/** The size limit of one system read; a read of 2 GiB or more would end the process. */
const READ_BYTES_MAX = 2 ** 30;

/**
 * True when the system has writes that are durable when they return. Elsewhere the flag is missing, or, on macOS, leaves the
 * data in the disk's own cache.
 */
const HAS_DURABLE_WRITES = process.platform === 'linux';

/** Options of an open file. */
export interface NodeStorageFileOptions {
  readonly mode: StorageOpenMode;
  /** Called once, when the file begins to close. */
  readonly onClosed: () => void;
}

/** An open file: the handle, and the position of the next append. */
export class NodeStorageFile implements StorageFile {
  /** The file's name in the storage; changed when the storage renames the file. */
  path: string;
  readonly #handle: FileHandle;
  readonly #fileId: string | undefined;
  readonly #onClosed: () => void;
  /** The position of the next append; undefined: the end, determined by the system. */
  #position: number | undefined;
  /** True when earlier changes may not be durable. */
  #hasUnsynced = false;
  /** The same file, opened again at the first durable append. */
  #durable: Promise<FileHandle> | undefined;
  #closed: Promise<void> | undefined;

  constructor({ handle, stats }: OpenedFile, path: string, { mode, onClosed }: NodeStorageFileOptions) {
    this.#handle = handle;
    this.path = path;
    this.#fileId = storageEntry('', stats).fileId;
    this.#onClosed = onClosed;
    this.#position = mode === 'overwrite' ? 0 : undefined;
  }

  stat(): Promise<StorageEntry> {
    return this.#run('look at', async () =>
      storageEntry(basename(this.path), await this.#handle.stat({ bigint: true })),
    );
  }

  size(): Promise<number> {
    return this.#run('measure file', async () => (await this.#handle.stat()).size);
  }

  /** One gathered write, and further writes for the rest when the system accepts only a part. */
  append(buffers: readonly Uint8Array[]): Promise<void> {
    this.#hasUnsynced = true;
    return this.#run('append to file', () => this.#write(this.#handle, buffers));
  }

  /** Flushes content and size, not the times: no part of an engine relies on times after a loss of power. */
  sync(): Promise<void> {
    return this.#run('sync file', async () => {
      await this.#handle.datasync();
      this.#hasUnsynced = false;
      this.#assertNamed();
    });
  }

  /** One trip through the thread pool, where the system has durable writes. */
  appendDurably(buffers: readonly Uint8Array[]): Promise<void> {
    return this.#run('write to file', async () => {
      // The system syncs only the bytes of a durable write, not earlier bytes.
      if (HAS_DURABLE_WRITES && !this.#hasUnsynced) {
        this.#durable ??= this.#openDurable();
        await this.#write(await this.#durable, buffers);
      } else {
        await this.#write(this.#handle, buffers);
        await this.#handle.datasync();
        this.#hasUnsynced = false;
      }
      this.#assertNamed();
    });
  }

  readAt(offset: number, length: number): Promise<Uint8Array> {
    return this.#run('read file', async () => {
      // Separate memory, not from the pool of small Buffers: the caller may transfer the memory.
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
    this.#hasUnsynced = true;
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
    return this.#run('close file', async () => {
      // A file that could not be opened again has nothing to close, and its caller has received the error.
      const durable = await this.#durable?.catch(() => undefined);
      await durable?.close();
      await this.#handle.close();
    });
  }

  async #write(handle: FileHandle, buffers: readonly Uint8Array[]): Promise<void> {
    let rest = buffers.filter(({ byteLength }) => byteLength > 0);
    while (rest.length > 0) {
      const { bytesWritten } = await handle.writev(rest, this.#position);
      if (this.#position !== undefined) this.#position += bytesWritten;
      rest = withoutFirst(rest, bytesWritten);
    }
  }

  async #openDurable(): Promise<FileHandle> {
    const { O_WRONLY, O_APPEND, O_DSYNC } = constants;
    const atEnd = this.#position === undefined ? O_APPEND : 0;
    const { handle, stats } = await openRegular(this.path, O_WRONLY | O_DSYNC | atEnd);
    if (storageEntry('', stats).fileId === this.#fileId) return handle;
    await handle.close();
    throw this.#gone();
  }

  /** Appended data is lost with the process when the file has no name (STORAGE-31). */
  #assertNamed(): void {
    if (fileIdAt(this.path) !== this.#fileId) throw this.#gone();
  }

  #gone(): Error {
    const message = `could not sync file ${this.path}: the file was removed, renamed or replaced while open; restore the file, or start again`;
    return coreError('MR_STORAGE_NOT_FOUND', message, {
      details: { path: this.path, operation: 'sync file' },
    });
  }

  #run<T>(name: string, run: () => Promise<T>): Promise<T> {
    return withStorageErrors({ name, path: this.path }, run);
  }
}

/** The rest of the buffers after this number of bytes. */
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
