// Delays as they are reported: percentiles of all of them, never means of means. A histogram of fixed precision holds
// any number of delays in a few kilobytes, so that recording costs little and nothing has to be thrown away.
import { build, type Histogram } from 'hdr-histogram-js';

/** What became of delays, in milliseconds. All are 0 when there were none. */
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

/** Where curves of percentiles have their points. */
const CURVE = [0, 25, 50, 75, 90, 95, 97.5, 99, 99.5, 99.75, 99.9, 99.95, 99.99];

/**
 * Records delays between a microsecond and an hour to three digits. A longer one counts as an hour, one below zero,
 * which a clock that was set back may bring, as zero.
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

  /** How many delays were recorded. */
  get count(): number {
    return this.#count;
  }

  /** Records a delay, as often as it happened. */
  record(delayMs: number, times = 1): void {
    const bounded = Math.min(LONGEST_MS, Math.max(0, delayMs));
    this.#histogram.recordValueWithCount(Math.round(bounded * UNITS_PER_MS), times);
    this.#sumMs += bounded * times;
    this.#count += times;
  }

  /** Forgets everything: the end of warming up. */
  reset(): void {
    this.#histogram.reset();
    this.#sumMs = 0;
    this.#count = 0;
  }

  /** The delay that so many per cent of all delays do not exceed. */
  percentileMs(percentile: number): number {
    return this.#count === 0 ? 0 : this.#histogram.getValueAtPercentile(percentile) / UNITS_PER_MS;
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
      max: this.#count === 0 ? 0 : this.#histogram.maxValue / UNITS_PER_MS,
    };
  }

  /** The curve of percentiles; empty when nothing was recorded. Rarer ones than there are delays are left out. */
  curve(): readonly PercentilePoint[] {
    if (this.#count === 0) return [];
    const known = CURVE.filter(
      (percentile) => (1 - percentile / 100) * this.#count >= 0.999 || percentile <= 50,
    );
    return known.map((percentile) => ({ percentile, ms: this.percentileMs(percentile) }));
  }
}
