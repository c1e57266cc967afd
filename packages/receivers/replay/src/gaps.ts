// Gaps between event times: a pause in the recording, or a wrong clock for one record. A replay that stands still for
// long reports the wait, and can be configured to shorten such waits. Records that return from behind a gap, as after a
// wrong clock, have their times as without the gap.

/** A longer wait is reported, in wall milliseconds. */
export const TOLD_WAIT_MS = 300_000;

/** The bound of a wait, and the listener for long waits. */
export interface GapsOptions {
  /** The longest wait, in wall milliseconds; undefined: without a bound. */
  readonly maxGapMs: number | undefined;
  /** Called for each shortened wait, and for each wait longer than `TOLD_WAIT_MS`. */
  readonly onLongWait: (wait: LongWait) => void;
}

/** A wait that is shortened, or longer than `TOLD_WAIT_MS`. */
export interface LongWait {
  readonly record: DueRecord;
  /** Wall milliseconds according to the event times. */
  readonly waitMs: number;
  /** True when the wait is shortened to `maxGapMs`. */
  readonly isCut: boolean;
}

/** A record before its due time. */
export interface DueRecord {
  /** The index in the file, from 0. */
  readonly index: number;
  readonly eventMs: number;
  /** The due time by the event time, from the start of the replay. */
  readonly dueMs: number;
}

/** The time since the start of the replay. */
export interface SinceStart {
  /** True when a moment has come, as far as known without reading the clock. */
  hasCome(afterMs: number): boolean;
  /** Wall milliseconds until a moment. */
  msUntil(afterMs: number): number;
}

/** Follows the waits of one replay. */
export class Gaps {
  readonly #options: GapsOptions;
  /** The difference between the due times by event time and the shortened due times. */
  #cutMs = 0;
  /** The latest shortening: the due times directly before and behind the gap, and the earlier difference. */
  #newest: { readonly beforeMs: number; readonly behindMs: number; readonly cutMs: number } | undefined;
  #lastDueMs = 0;

  constructor(options: GapsOptions) {
    this.#options = options;
  }

  /** The due time of a record, from the start of the replay. To be called once for each record, in order. */
  dueAfterMs(record: DueRecord, time: SinceStart): number {
    const { maxGapMs = Infinity } = this.#options;
    const { dueMs } = record;
    if (this.#newest !== undefined && isBefore(dueMs, this.#newest)) {
      this.#cutMs = this.#newest.cutMs;
      this.#lastDueMs = this.#newest.beforeMs;
      this.#newest = undefined;
    }
    if (!time.hasCome(dueMs - this.#cutMs))
      this.#lookAtWait(record, time.msUntil(dueMs - this.#cutMs), maxGapMs);
    this.#lastDueMs = dueMs;
    return dueMs - this.#cutMs;
  }

  #lookAtWait(record: DueRecord, waitMs: number, maxGapMs: number): void {
    const isCut = waitMs > maxGapMs;
    if (isCut || waitMs > TOLD_WAIT_MS) this.#options.onLongWait({ record, waitMs, isCut });
    if (!isCut) return;
    this.#newest = { beforeMs: this.#lastDueMs, behindMs: record.dueMs, cutMs: this.#cutMs };
    this.#cutMs += waitMs - maxGapMs;
  }
}

/** A record belongs to the nearer side of a gap. */
function isBefore(dueMs: number, gap: { readonly beforeMs: number; readonly behindMs: number }): boolean {
  return dueMs - gap.beforeMs < gap.behindMs - dueMs;
}
