// The entries that wait for their message, and those under way. The queue is bounded in bytes: beyond the bound a write is refused
// at once, and the sources have to wait, so that servers without a leader do not fill the memory.
import { coreError, type LogHandle } from '@millrace/core';
import type { UnconfirmedWrites } from '@millrace/core/observation';
import { ENTRIES_MAX, ENTRY_BYTES, type FormatEntry } from './log-format.ts';

/** An entry with its promise. */
export interface WaitingEntry extends FormatEntry {
  /** Monotonic time of the call. */
  readonly sinceMs: number;
  resolve(handle: LogHandle): void;
  reject(error: unknown): void;
}

/** The queue of a log. */
export class WaitingEntries {
  readonly #bytesMax: number;
  #queue: WaitingEntry[] = [];
  /** The entries of the message under way. */
  #taken: readonly WaitingEntry[] = [];
  #bytes = 0;

  /** @param bytesMax The largest number of unsettled bytes; a single entry may be larger. */
  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** The number of entries that wait for a message. */
  get length(): number {
    return this.#queue.length;
  }

  /** The entries that are not settled. */
  unconfirmed(nowMs: number): UnconfirmedWrites {
    const oldest = this.#taken[0] ?? this.#queue[0];
    return {
      entries: this.#taken.length + this.#queue.length,
      bytes: this.#bytes,
      oldestMs: oldest === undefined ? 0 : nowMs - oldest.sinceMs,
    };
  }

  /** Adds an entry, at this monotonic time. Rejects with `MR_WAL_FULL` when the queue is full. */
  add(entry: FormatEntry, sinceMs: number): Promise<LogHandle> {
    const bytes = bytesOf(entry);
    if (this.#bytes > 0 && this.#bytes + bytes > this.#bytesMax)
      return Promise.reject(
        coreError(
          'MR_WAL_FULL',
          `${this.#bytes} bytes wait for the servers, and ${this.#bytesMax} may: write the entry of ${bytes} bytes later`,
          { details: { waitingBytes: this.#bytes, waitingBytesMax: this.#bytesMax, bytes } },
        ),
      );
    this.#bytes += bytes;
    const { promise, resolve, reject } = Promise.withResolvers<LogHandle>();
    this.#queue.push({ ...entry, sinceMs, resolve, reject });
    return promise;
  }

  /** Takes the entries of the next message, in order: at least one, and no more bytes than allowed. */
  take(bytesMax: number): readonly WaitingEntry[] {
    let bytes = 0;
    let count = 0;
    for (const entry of this.#queue) {
      bytes += bytesOf(entry);
      if (count === ENTRIES_MAX || (count > 0 && bytes > bytesMax)) break;
      count += 1;
    }
    this.#taken = this.#queue.splice(0, count);
    return this.#taken;
  }

  /** Tells the taken entries that they are in the log. */
  resolve(
    entries: readonly WaitingEntry[],
    handleOf: (entry: WaitingEntry, index: number) => LogHandle,
  ): void {
    this.#taken = [];
    for (const [index, entry] of entries.entries()) {
      this.#bytes -= bytesOf(entry);
      entry.resolve(handleOf(entry, index));
    }
  }

  /** Tells the taken entries that they are not in the log. */
  reject(entries: readonly WaitingEntry[], error: unknown): void {
    this.#taken = [];
    for (const entry of entries) {
      this.#bytes -= bytesOf(entry);
      entry.reject(error);
    }
  }
}

function bytesOf({ payload }: FormatEntry): number {
  return ENTRY_BYTES + payload.byteLength;
}
