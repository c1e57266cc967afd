// Gaps between event times: a pause in what was recorded, or a clock that was wrong for one record. A replay that stands
// still for long says so, and may be told to cut such waits short. Records that come back from behind a gap, as after a
// wrong clock, have their times as if there had been none.

/** A longer wait is told, in wall milliseconds. */
export const TOLD_WAIT_MS = 300_000;

/** The bound of a wait, and the listener for long waits. */
export interface GapsOptions {
  /** Wall milliseconds that one wait has at most; undefined: as many as it takes. */
  readonly maxGapMs: number | undefined;
  /** Told of each wait that is cut, and of each that is longer than `TOLD_WAIT_MS`. */
  readonly onLongWait: (wait: LongWait) => void;
}

/** A wait that is cut, or longer than `TOLD_WAIT_MS`. */
export interface LongWait {
  readonly record: DueRecord;
  /** Wall milliseconds by the event times. */
  readonly waitMs: number;
  /** True when the wait is cut to `maxGapMs`. */
  readonly isCut: boolean;
}

/** A record on its way. */
export interface DueRecord {
  /** Its place in the file, from 0. */
  readonly index: number;
  readonly eventMs: number;
  /** When it is due by its event time, from the start of the replay. */
  readonly dueMs: number;
}

/** The time since the start of the replay. */
export interface SinceStart {
  /** True when a moment has come, as far as is known without reading the clock. */
  hasCome(afterMs: number): boolean;
  /** Wall milliseconds until a moment. */
  msUntil(afterMs: number): number;
}

/** Follows the waits of one replay. */
export class Gaps {
  readonly #options: GapsOptions;
  /** By how much records are due earlier than their event times say. */
  #cutMs = 0;
  /** The newest cut: what was due right before the gap and right behind it, and by how much was cut before. */
  #newest: { readonly beforeMs: number; readonly behindMs: number; readonly cutMs: number } | undefined;
  #lastDueMs = 0;

  constructor(options: GapsOptions) {
    this.#options = options;
  }

  /** When a record is due, from the start of the replay. Call it once for each record, in order. */
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

/** A record belongs to the side of a gap to which it is nearer. */
function isBefore(dueMs: number, gap: { readonly beforeMs: number; readonly behindMs: number }): boolean {
  return dueMs - gap.beforeMs < gap.behindMs - dueMs;
}
