// The progress of event time. Each source promises that records are at most `outOfOrdernessMs` older than its newest
// record; the watermark is the common promise of all sources that are not idle. The watermark is a state of its own.
// Each batch computes it from the batch's newest times and the former state: the same batches give the same watermarks,
// on any number of partitions, for any cut of blocks, and after a restart.
//
//   batch       1        2         3
//   newest      10 s     25 s      12 s        out of order by at most 5 s
//   watermark   5 s      20 s      20 s        never goes back
import type { BatchTime } from '@millrace/core';
import type { StateChange } from '../state/state-change.ts';
import type { StateStep } from '../state/state-rdd.ts';

/** Options of `assignTimestamps`. */
export interface TimestampOptions {
  /** The longest time by which an expected record may be older than the newest record of this source. Default 0. */
  readonly outOfOrdernessMs?: number;
  /**
   * A source without records for so many milliseconds of batch time no longer holds the watermark back, until its next
   * record. Default: a source always counts, so a source without records holds back all its windows.
   */
  readonly idleAfterMs?: number;
  /**
   * When all sources are idle, the watermark advances with batch time, as if events had happened at that pace since the
   * newest record, up to so many milliseconds beyond that record: set the size of the windows that must not stay open.
   * Later records are late. Needs `idleAfterMs`. Default 0: the watermark stands still.
   */
  readonly idleAdvanceMs?: number;
  /**
   * The longest time by which a record may be ahead of its batch time. A record further ahead counts as late: it is in
   * no window, is reported as `records:ahead`, does not move the watermark, and with the reaction `'dead-letter'` is a dead
   * letter, too. The bound has to exceed the time that batches may be behind, because new records go to the oldest missed
   * batch. Default 100 years: virtual clocks that begin at 1970 and replays of the past pass, and impossible dates (year
   * 9999, microseconds) do not.
   */
  readonly maxFutureMs?: number;
}

/** The default of `maxFutureMs`: 100 years. */
export const MAX_FUTURE_MS = 36_525 * 86_400_000;

/** The watermark of a batch. Minus infinity before the first watermark. */
export interface Watermark {
  /** The watermark after the previous batch, which decides whether records of this batch are late. */
  readonly beforeMs: number;
  /** The watermark with this batch: windows that end here or earlier are complete. */
  readonly afterMs: number;
}

/** The progress of a source. Under `WATERMARK`, the watermark itself. */
export interface SourceClock {
  /** The newest event time; null before the first record. */
  readonly newestMs: number | null;
  /** The batch that last had records of the source, or else the first batch that knew of the source. */
  readonly seenAt: BatchTime;
}

/** A report about the records of one source in a partition. */
export interface SourceNews {
  /** The newest event time; null when all records are ahead. */
  readonly newestMs: number | null;
  /** The number of records that are ahead of the batch by more than `maxFutureMs`. */
  readonly aheadCount: number;
}

/** The result of a batch for the watermark. */
export interface WatermarkBatch {
  readonly watermark: Watermark;
  /** The sources with records that are ahead, and the numbers of these records. */
  readonly ahead: readonly (readonly [source: string, count: number])[];
}

/** The key of the watermark. Sources have ids, none of which is empty. */
export const WATERMARK = '';

/** A source, as the watermark knows it. */
export interface WatermarkSource {
  /** The source's key in the state. Called in batches: programs may name streams until the start. */
  readonly id: () => string;
  /** The keys of the source in the state of an earlier program. */
  readonly formerIds: () => readonly string[];
  readonly options: TimestampOptions;
}

/** Makes the step: records are pairs of a source's id and news of the source. Returns one watermark. */
export function watermarkStep(
  sources: readonly WatermarkSource[],
): StateStep<string, SourceNews, SourceClock, WatermarkBatch> {
  return async ({ batchTime, change, records }) => {
    const newest = new Map<string, number>();
    const ahead: (readonly [source: string, count: number])[] = [];
    for (const [source, { newestMs, aheadCount }] of records) {
      if (aheadCount > 0) ahead.push([source, aheadCount]);
      if (newestMs === null) continue;
      newest.set(source, Math.max(newestMs, newest.get(source) ?? Number.NEGATIVE_INFINITY));
    }
    const clocks = sources.map(({ id, formerIds, options }) => {
      const source = id();
      for (const former of formerIds()) rename(change, former, source);
      const clock = advanced(change, { source, newestMs: newest.get(source), batchTime });
      return { ...clock, ...options, silentMs: batchTime - clock.seenAt };
    });
    const beforeMs = change.get(WATERMARK)?.value.newestMs ?? Number.NEGATIVE_INFINITY;
    const active = clocks.filter(({ silentMs, idleAfterMs = Infinity }) => silentMs < idleAfterMs);
    // The slowest of the active sources counts. Without an active source, no source holds another back, and the
    // furthest counts.
    const promisedMs =
      active.length > 0
        ? active.reduce((least, clock) => Math.min(least, promiseOf(clock)), Infinity)
        : clocks.reduce((most, clock) => Math.max(most, idlePromiseOf(clock)), -Infinity);
    const afterMs = Math.max(beforeMs, promisedMs);
    if (afterMs > beforeMs) change.set(WATERMARK, { newestMs: afterMs, seenAt: batchTime });
    return [{ watermark: { beforeMs, afterMs }, ahead }];
  };
}

/** Continues the progress that an earlier program has kept under another name. */
function rename(change: StateChange<string, SourceClock>, former: string, source: string): void {
  const known = change.get(former)?.value;
  if (known === undefined) return;
  if (change.get(source) === undefined) change.set(source, known);
  change.delete(former);
}

/** The progress of a source with this batch. */
function advanced(
  change: StateChange<string, SourceClock>,
  seen: { readonly source: string; readonly newestMs: number | undefined; readonly batchTime: BatchTime },
): SourceClock {
  const { source, newestMs, batchTime } = seen;
  const known = change.get(source)?.value;
  if (known !== undefined && newestMs === undefined) return known;
  const before = known?.newestMs ?? null;
  const newest =
    newestMs === undefined || before === null ? (newestMs ?? before) : Math.max(before, newestMs);
  const clock = { newestMs: newest, seenAt: batchTime };
  change.set(source, clock);
  return clock;
}

/** A source in a batch. */
interface ClockInBatch extends SourceClock, TimestampOptions {
  /** Batch time since its last record. */
  readonly silentMs: number;
}

/** The time before which a source sends no more records. */
function promiseOf({ newestMs, outOfOrdernessMs = 0 }: ClockInBatch): number {
  return newestMs === null ? Number.NEGATIVE_INFINITY : newestMs - outOfOrdernessMs;
}

/** The same for an idle source, which counts as if it had advanced, as far as the program permits. */
function idlePromiseOf(clock: ClockInBatch): number {
  const { silentMs, outOfOrdernessMs = 0, idleAdvanceMs = 0 } = clock;
  const goneOnMs = Math.min(silentMs - outOfOrdernessMs, idleAdvanceMs);
  if (clock.newestMs === null || idleAdvanceMs === 0) return Number.NEGATIVE_INFINITY;
  return Math.max(promiseOf(clock), clock.newestMs + goneOnMs);
}
