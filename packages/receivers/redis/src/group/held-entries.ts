// The bound of everything that a receiver of a group holds: the answer that was asked for, and stored entries without an
// acknowledgement. Acknowledgements come in the order of storing (REC-2), so the held entries are a queue:
//
//   acknowledged …   [ held, held, held ]   ◄── stored
/** The bounds. */
export interface HeldEntriesBounds {
  readonly maxRecords: number;
  readonly maxBytes: number;
}

/** A stored entry without an acknowledgement. The token of its record. */
export interface HeldEntry {
  readonly id: string;
  readonly bytes: number;
}

/** Counts entries and bytes, and lets one caller wait for room. */
export class HeldEntries {
  readonly #bounds: HeldEntriesBounds;
  /** At most twice `maxRecords`: the front is cut off when it is half of the list. */
  #entries: HeldEntry[] = [];
  #front = 0;
  #bytes = 0;
  #change: PromiseWithResolvers<void> | undefined;

  constructor(bounds: HeldEntriesBounds) {
    this.#bounds = bounds;
  }

  get records(): number {
    return this.#entries.length - this.#front;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** The ids of all held entries. For rare questions: every call makes a set. */
  ids(): ReadonlySet<string> {
    return new Set(this.#entries.slice(this.#front).map(({ id }) => id));
  }

  /** Waits for room for an answer; the number of entries that the answer may have. An answer may always come alone. */
  async room(bytes: number, signal: AbortSignal): Promise<number> {
    const { maxRecords, maxBytes } = this.#bounds;
    for (;;) {
      const records = maxRecords - this.records;
      const isFitting = this.#bytes === 0 || this.#bytes + bytes <= maxBytes;
      if ((records > 0 && isFitting) || signal.aborted) return records;
      this.#change ??= Promise.withResolvers<void>();
      await this.#change.promise;
    }
  }

  /** An entry is stored. */
  store(entry: HeldEntry): void {
    this.#entries.push(entry);
    this.#bytes += entry.bytes;
  }

  /** The oldest entries, this many, are acknowledged. */
  release(count: number): void {
    const end = Math.min(this.#front + count, this.#entries.length);
    for (; this.#front < end; this.#front += 1) this.#bytes -= this.#entries[this.#front]?.bytes ?? 0;
    if (this.#front * 2 > this.#entries.length) {
      this.#entries = this.#entries.slice(this.#front);
      this.#front = 0;
    }
    this.wake();
  }

  /** Lets the caller look again: there is room, or the signal was aborted. */
  wake(): void {
    this.#change?.resolve();
    this.#change = undefined;
  }
}
