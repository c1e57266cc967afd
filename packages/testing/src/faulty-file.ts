// An open file of a faulty disk. The file also watches the caller for two faults: two operations at once, and an append
// after a failure that leaves the content in doubt.
import type { StorageFile, StorageOpenMode } from '@millrace/core';
import { coreError } from '@millrace/core';
import type { DiskFile } from './disk-file.ts';
import type { FaultyMachine } from './faulty-machine.ts';

/** An open file. */
export class FaultyFile implements StorageFile {
  readonly #path: string;
  readonly #disk: DiskFile;
  readonly #machine: FaultyMachine;
  /** The position of the next append; undefined means the end of the file. */
  #position: number | undefined;
  #isClosed = false;
  #isBusy = false;

  constructor(path: string, disk: DiskFile, machine: FaultyMachine, mode: StorageOpenMode) {
    this.#path = path;
    this.#disk = disk;
    this.#machine = machine;
    this.#position = mode === 'overwrite' ? 0 : undefined;
  }

  async size(): Promise<number> {
    this.#assertOpen();
    return this.#disk.sizeBytes;
  }

  /** Appends the buffers; a failure leaves an arbitrary prefix behind. */
  append(buffers: readonly Uint8Array[]): Promise<void> {
    return this.#alone('append', () => this.#performAppend(buffers));
  }

  /** Syncs the file; a failure keeps some pages and loses the other pages for good. */
  sync(): Promise<void> {
    return this.#alone('sync', () => this.#performSync());
  }

  /** An append and a sync. After a failure of either, some pages arrived and the other pages are lost for good. */
  appendDurably(buffers: readonly Uint8Array[]): Promise<void> {
    return this.#alone('durable append', async () => {
      try {
        await this.#performAppend(buffers);
      } catch (error) {
        this.#loseUnsynced();
        throw error;
      }
      await this.#performSync();
    });
  }

  async readAt(offset: number, length: number): Promise<Uint8Array> {
    this.#assertOpen();
    return this.#machine.perform('read', this.#path, { whole: () => this.#disk.read(offset, length) });
  }

  truncate(size: number): Promise<void> {
    return this.#alone('truncate', () =>
      this.#machine.perform('truncate', this.#path, {
        whole: () => {
          this.#disk.truncate(size);
          if (this.#position !== undefined) this.#position = Math.min(this.#position, size);
          if (this.#disk.doubt === 'append') this.#disk.doubt = undefined;
        },
      }),
    );
  }

  async close(): Promise<void> {
    this.#isClosed = true;
  }

  async #performAppend(buffers: readonly Uint8Array[]): Promise<void> {
    const { doubt } = this.#disk;
    if (doubt !== undefined) this.#machine.violated(`append to ${this.#path} after a failed ${doubt}`);
    const bytes = Buffer.concat(buffers);
    await this.#machine.perform('append', this.#path, {
      whole: () => this.#append(bytes),
      half: () => this.#write(bytes.subarray(0, this.#machine.random.integer(bytes.byteLength + 1))),
      failed: () => {
        const arrived = this.#machine.random.integer(bytes.byteLength + 1);
        if (arrived > 0 && arrived < bytes.byteLength) this.#machine.tally.note('short append');
        this.#write(bytes.subarray(0, arrived));
        this.#disk.doubt = 'append';
      },
    });
  }

  #performSync(): Promise<void> {
    return this.#machine.perform('sync', this.#path, {
      whole: () => this.#disk.sync(),
      failed: () => this.#loseUnsynced(),
    });
  }

  #loseUnsynced(): void {
    this.#disk.failSync(this.#machine);
    this.#disk.doubt = 'sync';
  }

  #append(bytes: Uint8Array): void {
    // Overwritten bytes take no additional room.
    const roomBytes =
      this.#machine.freeBytes + this.#disk.sizeBytes - (this.#position ?? this.#disk.sizeBytes);
    this.#write(bytes.subarray(0, roomBytes));
    if (bytes.byteLength <= roomBytes) return;
    this.#machine.tally.note('full disk');
    if (roomBytes > 0) this.#machine.tally.note('short append');
    this.#disk.doubt = 'append';
    throw coreError('MR_STORAGE_FULL', `could not append to ${this.#path}: the disk is full`, {
      details: { path: this.#path },
    });
  }

  #write(bytes: Uint8Array): void {
    const from = this.#position ?? this.#disk.sizeBytes;
    this.#disk.write(from, bytes);
    if (this.#position !== undefined) this.#position = from + bytes.byteLength;
  }

  async #alone(operation: string, run: () => Promise<void>): Promise<void> {
    this.#assertOpen();
    if (this.#isBusy) this.#machine.violated(`${operation} of ${this.#path} during another operation`);
    this.#isBusy = true;
    try {
      await run();
    } finally {
      this.#isBusy = false;
    }
  }

  #assertOpen(): void {
    if (!this.#isClosed) return;
    throw coreError('MR_STORAGE_FAILED', `could not use ${this.#path}: it was closed`, {
      details: { path: this.#path },
    });
  }
}
