// The room in the file of a segment: the bytes of the file, written and synced, which groups write over. Room is added in
// steps, as zeros at the end of the file, by a second opening of the file, because the first one writes in the middle.
import type { Storage } from '@millrace/core';

/** The share of a step above which a group gets no room: its bytes would be written twice. */
const GROUP_SHARE = 1 / 4;

const ZEROS = new Uint8Array(64 * 1024);

/** Amounts of room. */
export interface RoomOptions {
  /** One step; 0: no room is added. */
  readonly stepBytes: number;
  /** No step is added to a file of this size. */
  readonly maxBytes: number;
}

/** The room of one file. */
export class FileRoom {
  readonly #storage: Storage;
  readonly #path: string;
  readonly #options: RoomOptions;
  #sizeBytes: number;

  constructor(storage: Storage, path: string, options: RoomOptions, sizeBytes: number) {
    this.#storage = storage;
    this.#path = path;
    this.#options = options;
    this.#sizeBytes = sizeBytes;
  }

  /** The size of the file. */
  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  /** One step of zeros. */
  get zeros(): readonly Uint8Array[] {
    const { stepBytes } = this.#options;
    const buffers: Uint8Array[] = [];
    for (let left = stepBytes; left > 0; left -= ZEROS.byteLength) buffers.push(ZEROS.subarray(0, left));
    return buffers;
  }

  /** True when a group of this size, which would end behind the file, should get room. */
  isWorthwhile(groupBytes: number, endBytes: number): boolean {
    const { stepBytes, maxBytes } = this.#options;
    if (endBytes <= this.#sizeBytes || this.#sizeBytes >= maxBytes) return false;
    return groupBytes <= stepBytes * GROUP_SHARE;
  }

  /** Adds one step, durably. `onAppended` is called before the sync. @throws any error of the storage. */
  async add(onAppended: () => void): Promise<void> {
    const file = await this.#storage.open(this.#path, 'append');
    try {
      await file.append(this.zeros);
      onAppended();
      await file.sync();
      this.#sizeBytes += this.#options.stepBytes;
    } finally {
      // The zeros are durable, or the step has failed already.
      await file.close().catch(() => undefined);
    }
  }

  /** A group was written up to this place. */
  grewTo(endBytes: number): void {
    this.#sizeBytes = Math.max(this.#sizeBytes, endBytes);
  }
}
