// The bound of everything that a receiver of a group holds: the answer that was asked for, and stored entries without an
// acknowledgement. Also the answer to the question whether an entry is held: the server may deliver a held entry again.
/** The bounds. */
export interface HeldEntriesBounds {
  readonly maxRecords: number;
  readonly maxBytes: number;
}

/** Counts entries and bytes, and lets one caller wait for room. */
export class HeldEntries {
  readonly #bounds: HeldEntriesBounds;
  /** Bytes of stored entries without an acknowledgement; at most `maxRecords`. */
  readonly #entries = new Map<string, number>();
  #bytes = 0;
  #change: PromiseWithResolvers<void> | undefined;

  constructor(bounds: HeldEntriesBounds) {
    this.#bounds = bounds;
  }

  get records(): number {
    return this.#entries.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** True for a stored entry without an acknowledgement. */
  has(id: string): boolean {
    return this.#entries.has(id);
  }

  /** Waits for room for an answer; the number of entries that the answer may have. An answer may always come alone. */
  async room(bytes: number, signal: AbortSignal): Promise<number> {
    const { maxRecords, maxBytes } = this.#bounds;
    for (;;) {
      const records = maxRecords - this.#entries.size;
      const isFitting = this.#bytes === 0 || this.#bytes + bytes <= maxBytes;
      if ((records > 0 && isFitting) || signal.aborted) return records;
      this.#change ??= Promise.withResolvers<void>();
      await this.#change.promise;
    }
  }

  /** An entry was stored. */
  store(id: string, bytes: number): void {
    this.#entries.set(id, bytes);
    this.#bytes += bytes;
  }

  /** Entries are acknowledged. */
  release(ids: readonly string[]): void {
    for (const id of ids) {
      this.#bytes -= this.#entries.get(id) ?? 0;
      this.#entries.delete(id);
    }
    this.wake();
  }

  /** Lets the caller look again: there is room, or the signal was aborted. */
  wake(): void {
    this.#change?.resolve();
    this.#change = undefined;
  }
}
