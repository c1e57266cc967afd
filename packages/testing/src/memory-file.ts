// An open file of a disk in memory. As on a disk, it stays usable when its name is given to something else.
import type { StorageFile, StorageOpenMode } from '@millrace/core';
import { coreError } from '@millrace/core';

/** What a file holds: the first `sizeBytes` of `bytes`. */
export interface MemoryFileContent {
  bytes: Uint8Array;
  sizeBytes: number;
  modifiedMs: number;
}

/** What a file asks of its disk. */
export interface MemoryDisk {
  now(): number;
  /** Throws when there is no room for so many bytes more. */
  reserve(bytes: number): void;
}

/** An open file. */
export class MemoryFile implements StorageFile {
  readonly #path: string;
  readonly #content: MemoryFileContent;
  readonly #disk: MemoryDisk;
  /** Where the next append goes; undefined: to the end. */
  #position: number | undefined;
  #isClosed = false;

  constructor(path: string, content: MemoryFileContent, disk: MemoryDisk, mode: StorageOpenMode) {
    this.#path = path;
    this.#content = content;
    this.#disk = disk;
    this.#position = mode === 'overwrite' ? 0 : undefined;
  }

  async size(): Promise<number> {
    return this.#open().sizeBytes;
  }

  /** Appends copies of the buffers; all of them or, when the disk is full, none. */
  async append(buffers: readonly Uint8Array[]): Promise<void> {
    const content = this.#open();
    let at = this.#position ?? content.sizeBytes;
    const endBytes = buffers.reduce((sum, { byteLength }) => sum + byteLength, at);
    const added = Math.max(0, endBytes - content.sizeBytes);
    this.#disk.reserve(added);
    makeRoom(content, added);
    for (const buffer of buffers) {
      content.bytes.set(buffer, at);
      at += buffer.byteLength;
    }
    content.sizeBytes += added;
    if (this.#position !== undefined) this.#position = at;
    content.modifiedMs = this.#disk.now();
  }

  async sync(): Promise<void> {
    this.#open();
  }

  async readAt(offset: number, length: number): Promise<Uint8Array> {
    const { bytes, sizeBytes } = this.#open();
    return bytes.slice(Math.min(offset, sizeBytes), Math.min(offset + length, sizeBytes));
  }

  /** Cuts the file; a size beyond its end adds zeros, as a disk does. */
  async truncate(size: number): Promise<void> {
    const content = this.#open();
    makeRoom(content, Math.max(0, size - content.sizeBytes));
    content.bytes.fill(0, Math.min(size, content.sizeBytes));
    content.sizeBytes = size;
    if (this.#position !== undefined) this.#position = Math.min(this.#position, size);
    content.modifiedMs = this.#disk.now();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
  }

  #open(): MemoryFileContent {
    if (!this.#isClosed) return this.#content;
    throw coreError('MR_STORAGE_FAILED', `could not use ${this.#path}: it was closed`, {
      details: { path: this.#path },
    });
  }
}

/** Doubles, so that many small appends cost what one large one does. */
function makeRoom(content: MemoryFileContent, added: number): void {
  const needed = content.sizeBytes + added;
  if (needed <= content.bytes.byteLength) return;
  const larger = new Uint8Array(Math.max(needed, 2 * content.bytes.byteLength));
  larger.set(content.bytes.subarray(0, content.sizeBytes));
  content.bytes = larger;
}
