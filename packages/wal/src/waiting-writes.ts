// The entries that wait for their group. The queue is bounded in bytes, including entries being written. A write beyond
// the bound is refused at once, and the source has to wait, so that a slow disk does not fill the memory.
import type { LogHandle } from '@millrace/core';
import { coreError } from '@millrace/core';
import type { UnconfirmedWrites } from '@millrace/core/observation';
import { FRAME_BYTES, payloadChecksum } from './log-format.ts';
import type { EntryToWrite } from './segment-writer.ts';

/**
 * The largest number of entries in one append: each entry has two or more buffers, and systems gather about a thousand.
 */
const ENTRIES_MAX = 512;

/** An entry of a writer. */
export type NewEntry = Omit<EntryToWrite, 'payloadSum'>;

/**
 * The promise of an entry and its outcome. Named by its parts: declarations of this package then need no newer `lib` of
 * TypeScript than es2022.
 */
interface WriteOutcome {
  readonly promise: Promise<LogHandle>;
  resolve(handle: LogHandle): void;
  reject(reason: unknown): void;
}

/** An entry with its promise. */
export class WaitingWrite implements EntryToWrite {
  readonly parts: readonly Uint8Array[];
  readonly timeMs: number;
  readonly payloadBytes: number;
  /** Monotonic time of the call. */
  readonly sinceMs: number;
  readonly outcome: WriteOutcome = Promise.withResolvers<LogHandle>();
  #payloadSum: number | undefined;

  constructor({ parts, timeMs, payloadBytes }: NewEntry, sinceMs: number) {
    this.parts = parts;
    this.timeMs = timeMs;
    this.payloadBytes = payloadBytes;
    this.sinceMs = sinceMs;
  }

  get payloadSum(): number {
    return this.prepare();
  }

  /** Computes the checksum, once. Best done while the disk is busy. */
  prepare(): number {
    this.#payloadSum ??= payloadChecksum(this.parts);
    return this.#payloadSum;
  }
}

/** The queue of a log. */
export class WaitingWrites {
  readonly #bytesMax: number;
  #queue: WaitingWrite[] = [];
  #queuedBytes = 0;
  #unsettled = 0;
  #unsettledBytes = 0;
  /** Of the oldest entry of the newest group. */
  #takenSinceMs = 0;

  /** @param bytesMax The largest number of unsettled bytes; a single entry may be larger. */
  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** The number of waiting entries. */
  get length(): number {
    return this.#queue.length;
  }

  /** The number of their bytes. */
  get bytes(): number {
    return this.#queuedBytes;
  }

  /** The entries without an outcome: those in the queue, and those of the group that is being written. */
  unconfirmed(nowMs: number): UnconfirmedWrites {
    const isWriting = this.#unsettled > this.#queue.length;
    const sinceMs = isWriting ? this.#takenSinceMs : (this.#queue[0]?.sinceMs ?? nowMs);
    return { entries: this.#unsettled, bytes: this.#unsettledBytes, oldestMs: nowMs - sinceMs };
  }

  /**
   * Adds an entry to the queue, at this monotonic time.
   *
   * @throws `MR_WAL_FULL` when the queue is full.
   */
  add(entry: NewEntry, nowMs: number): WaitingWrite {
    const bytes = entryBytes(entry);
    if (this.#unsettledBytes > 0 && this.#unsettledBytes + bytes > this.#bytesMax) throw this.#full(bytes);
    const waiting = new WaitingWrite(entry, nowMs);
    this.#queue.push(waiting);
    this.#queuedBytes += bytes;
    this.#unsettled += 1;
    this.#unsettledBytes += bytes;
    return waiting;
  }

  /** Computes the checksums of about the next group. */
  prepare(bytesMax: number): void {
    let bytes = 0;
    for (const entry of this.#queue) {
      if (bytes >= bytesMax) return;
      bytes += entry.payloadBytes;
      entry.prepare();
    }
  }

  /**
   * Takes the next group, in order: at least one entry, and no more payload than allowed, except for a single entry.
   */
  take(bytesMax: number): readonly WaitingWrite[] {
    let bytes = 0;
    let count = 0;
    for (const entry of this.#queue) {
      const next = bytes + entry.payloadBytes;
      if (count > 0 && (next > bytesMax || count === ENTRIES_MAX)) break;
      bytes = next;
      count += 1;
    }
    this.#queuedBytes -= bytes + count * FRAME_BYTES;
    this.#takenSinceMs = this.#queue[0]?.sinceMs ?? 0;
    if (count === this.#queue.length) {
      const all = this.#queue;
      this.#queue = [];
      return all;
    }
    return this.#queue.splice(0, count);
  }

  /** Confirms that an entry is in the log. */
  resolve(entry: WaitingWrite, handle: LogHandle): void {
    this.#settled(entry);
    entry.outcome.resolve(handle);
  }

  /** Reports to entries that they are not in the log. */
  reject(entries: readonly WaitingWrite[], error: Error): void {
    for (const entry of entries) {
      this.#settled(entry);
      entry.outcome.reject(error);
    }
  }

  /** Reports to all waiting entries that they will not be written. */
  rejectAll(error: Error): void {
    const entries = this.#queue;
    this.#queue = [];
    this.#queuedBytes = 0;
    this.reject(entries, error);
  }

  #settled(entry: WaitingWrite): void {
    this.#unsettled -= 1;
    this.#unsettledBytes -= entryBytes(entry);
  }

  #full(bytes: number): Error {
    const details = { waitingBytes: this.#unsettledBytes, waitingBytesMax: this.#bytesMax, bytes };
    return coreError(
      'MR_WAL_FULL',
      `${this.#unsettledBytes} bytes wait to be written, and ${this.#bytesMax} may: write the entry of ${bytes} bytes later, or raise waitingBytes`,
      { details },
    );
  }
}

function entryBytes(entry: NewEntry): number {
  return FRAME_BYTES + entry.payloadBytes;
}
