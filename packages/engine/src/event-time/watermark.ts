// How far event time has come. Each source promises that records are at most `outOfOrdernessMs` older than its newest
// one; the watermark is what all sources that are not idle promise together. It is a state of its own, made in every
// batch from that batch's newest times and what was known before: the same batches give the same watermarks, on any
// number of partitions, however blocks were cut, and after a restart.
//
//   batch       1        2         3
//   newest      10 s     25 s      12 s        out of order by at most 5 s
//   watermark   5 s      20 s      20 s        never goes back
import type { BatchTime } from '@millrace/core';
import type { StateChange } from '../state/state-store.ts';
import type { StateStep } from '../state/state-rdd.ts';

/** Options of `assignTimestamps`. */
export interface TimestampOptions {
  /** How much older than the newest record of this source one may be and still be expected. Default 0. */
  readonly outOfOrdernessMs?: number;
  /**
   * A source that had no record for so many milliseconds of batch time holds back nothing any more, until it has one
   * again. Default: a source always counts, so that one without records holds back all windows it takes part in.
   */
  readonly idleAfterMs?: number;
}

/** The watermark of a batch. Minus infinity: there is none yet. */
export interface Watermark {
  /** As the batch before has left it: what judges whether records of this batch are late. */
  readonly beforeMs: number;
  /** With this batch: windows that end here or earlier are complete. */
  readonly afterMs: number;
}

/** What a source has shown so far. Under `WATERMARK` it is the watermark itself. */
export interface SourceClock {
  /** The newest event time; null: none was seen. */
  readonly newestMs: number | null;
  /** The batch that last had records of the source, or else the first batch that knew of the source. */
  readonly seenAt: BatchTime;
}

/** The key of the watermark, among the sources 0, 1, … */
const WATERMARK = -1;

/** Makes the step: records are pairs of a source's number and a time it has shown. Gives out one watermark. */
export function watermarkStep(
  sources: readonly TimestampOptions[],
): StateStep<number, number, SourceClock, Watermark> {
  return async ({ batchTime, change, records }) => {
    const newest = new Map<number, number>();
    for (const [source, atMs] of records)
      newest.set(source, Math.max(atMs, newest.get(source) ?? Number.NEGATIVE_INFINITY));
    const promises = sources.map((options, source) =>
      promiseOf(options, advanced(change, source, newest.get(source), batchTime), batchTime),
    );
    const beforeMs = change.get(WATERMARK)?.value.newestMs ?? Number.NEGATIVE_INFINITY;
    const active = promises.filter((promise) => promise !== undefined);
    const afterMs = active.length === 0 ? beforeMs : Math.max(beforeMs, Math.min(...active));
    if (afterMs > beforeMs) change.set(WATERMARK, { newestMs: afterMs, seenAt: batchTime });
    return [{ beforeMs, afterMs }];
  };
}

/** What is known of a source with this batch. */
function advanced(
  change: StateChange<number, SourceClock>,
  source: number,
  newestMs: number | undefined,
  batchTime: BatchTime,
): SourceClock {
  const known = change.get(source)?.value;
  if (known !== undefined && newestMs === undefined) return known;
  const before = known?.newestMs ?? null;
  const newest =
    newestMs === undefined || before === null ? (newestMs ?? before) : Math.max(before, newestMs);
  const clock = { newestMs: newest, seenAt: batchTime };
  change.set(source, clock);
  return clock;
}

/** The time before which a source sends nothing any more; undefined: it is idle. */
function promiseOf(
  { outOfOrdernessMs = 0, idleAfterMs = Number.POSITIVE_INFINITY }: TimestampOptions,
  { newestMs, seenAt }: SourceClock,
  batchTime: BatchTime,
): number | undefined {
  if (batchTime - seenAt >= idleAfterMs) return undefined;
  return newestMs === null ? Number.NEGATIVE_INFINITY : newestMs - outOfOrdernessMs;
}
