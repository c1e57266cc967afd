// Reported delays: percentiles over all delays, never means of means. A histogram of fixed precision holds any number
// of delays in a few kilobytes, so recording is cheap and no delay is discarded.
import { build, type Histogram } from 'hdr-histogram-js';

/** The summary of recorded delays, in milliseconds. All values are 0 when there were no delays. */
export interface LatencySummary {
  readonly count: number;
  readonly mean: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
}

/** A point of a curve of percentiles. */
export interface PercentilePoint {
  /** From 0 to 100. */
  readonly percentile: number;
  readonly ms: number;
}

/** Delays are kept in whole microseconds. */
const UNITS_PER_MS = 1_000;
const LONGEST_MS = 3_600_000;

/** The percentiles of a curve. */
const CURVE = [0, 25, 50, 75, 90, 95, 97.5, 99, 99.5, 99.75, 99.9, 99.95, 99.99];

/**
 * Records delays between a microsecond and an hour to three digits. The shortest and the longest delay are exact, and no
 * percentile is outside both. A longer delay counts as an hour; a negative delay, possible after a clock was set back, counts
 * as zero.
 */
export class LatencyRecorder {
  readonly #histogram: Histogram = build({
    bitBucketSize: 64,
    lowestDiscernibleValue: 1,
    highestTrackableValue: LONGEST_MS * UNITS_PER_MS,
    numberOfSignificantValueDigits: 3,
    useWebAssembly: false,
  });
  #sumMs = 0;
  #count = 0;
  #leastMs = Number.POSITIVE_INFINITY;
  #mostMs = 0;

  /** The number of recorded delays. */
  get count(): number {
    return this.#count;
  }

  /** Records a delay with a number of occurrences. */
  record(delayMs: number, times = 1): void {
    const bounded = Math.min(LONGEST_MS, Math.max(0, delayMs));
    this.#histogram.recordValueWithCount(Math.round(bounded * UNITS_PER_MS), times);
    this.#sumMs += bounded * times;
    this.#count += times;
    this.#leastMs = Math.min(this.#leastMs, bounded);
    this.#mostMs = Math.max(this.#mostMs, bounded);
  }

  /** Discards all delays, at the end of the warm-up. */
  reset(): void {
    this.#histogram.reset();
    this.#sumMs = 0;
    this.#count = 0;
    this.#leastMs = Number.POSITIVE_INFINITY;
    this.#mostMs = 0;
  }

  /** The delay not exceeded by this percentage of all delays. */
  percentileMs(percentile: number): number {
    if (this.#count === 0) return 0;
    // The histogram answers with the upper end of a range of delays, which may be above the longest delay.
    const endMs = this.#histogram.getValueAtPercentile(percentile) / UNITS_PER_MS;
    return Math.min(this.#mostMs, Math.max(this.#leastMs, endMs));
  }

  /** The usual percentiles. */
  summary(): LatencySummary {
    return {
      count: this.#count,
      mean: this.#count === 0 ? 0 : this.#sumMs / this.#count,
      p50: this.percentileMs(50),
      p90: this.percentileMs(90),
      p99: this.percentileMs(99),
      p999: this.percentileMs(99.9),
      max: this.#mostMs,
    };
  }

  /**
   * The curve of percentiles; empty when no delay was recorded. Percentiles that need more delays than recorded are
   * left out.
   */
  curve(): readonly PercentilePoint[] {
    if (this.#count === 0) return [];
    const known = CURVE.filter(
      (percentile) => (1 - percentile / 100) * this.#count >= 0.999 || percentile <= 50,
    );
    return known.map((percentile) => ({ percentile, ms: this.percentileMs(percentile) }));
  }
}
