// An open file of a disk in memory. As on a real disk, the open file stays usable after its name is reassigned.
import type { StorageFile, StorageOpenMode } from '@millrace/core';
import { coreError } from '@millrace/core';

/** The content of a file: the first `sizeBytes` of `bytes`. */
export interface MemoryFileContent {
  bytes: Uint8Array;
  sizeBytes: number;
  modifiedMs: number;
}

/** The disk functions used by a file. */
export interface MemoryDisk {
  now(): number;
  /** Throws when fewer than this many bytes are free. */
  reserve(bytes: number): void;
}

/** An open file. */
export class MemoryFile implements StorageFile {
  readonly #path: string;
  readonly #content: MemoryFileContent;
  readonly #disk: MemoryDisk;
  /** The position of the next append; undefined means the end of the file. */
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

  /** Appends copies of the buffers: all buffers or, when the disk is full, none. */
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

  appendDurably(buffers: readonly Uint8Array[]): Promise<void> {
    return this.append(buffers);
  }

  async readAt(offset: number, length: number): Promise<Uint8Array> {
    const { bytes, sizeBytes } = this.#open();
    return bytes.slice(Math.min(offset, sizeBytes), Math.min(offset + length, sizeBytes));
  }

  /** Cuts the file; a size beyond the end adds zeros, as a real disk does. */
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

/** Doubles the buffer, so that many small appends cost as little as one large append. */
function makeRoom(content: MemoryFileContent, added: number): void {
  const needed = content.sizeBytes + added;
  if (needed <= content.bytes.byteLength) return;
  const larger = new Uint8Array(Math.max(needed, 2 * content.bytes.byteLength));
  larger.set(content.bytes.subarray(0, content.sizeBytes));
  content.bytes = larger;
}
