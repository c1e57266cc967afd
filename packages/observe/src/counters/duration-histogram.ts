// A histogram of durations with fixed buckets: the way in which Prometheus and OpenTelemetry count durations.

/** The default upper bounds of the buckets, in seconds. */
export const DEFAULT_BUCKETS: readonly number[] = Object.freeze([
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60,
]);

/** Counts durations. */
export class DurationHistogram {
  /** The upper bounds, in seconds. */
  readonly bounds: readonly number[];
  /** The number of durations in each bucket, not cumulative; the last one is above all bounds. */
  readonly counts: Float64Array;
  count = 0;
  #sumMs = 0;

  constructor(bounds: readonly number[]) {
    this.bounds = bounds;
    this.counts = new Float64Array(bounds.length + 1);
  }

  /** The sum of all durations, in seconds. */
  get sum(): number {
    return this.#sumMs / 1_000;
  }

  /** Counts a duration in milliseconds; less than 0 counts as 0. */
  record(ms: number): void {
    const seconds = Math.max(0, ms) / 1_000;
    const { bounds, counts } = this;
    let bucket = 0;
    while (bucket < bounds.length && seconds > (bounds[bucket] as number)) bucket += 1;
    counts[bucket] = (counts[bucket] as number) + 1;
    this.count += 1;
    this.#sumMs += Math.max(0, ms);
  }
}
