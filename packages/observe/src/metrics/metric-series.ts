// The series of one metric: values by labels, bounded in number.
import type { DurationHistogram } from '../counters/duration-histogram.ts';
import type { MetricDefinition, MetricName } from './metric-table.ts';

/** Values of one label. */
const LABEL_VALUES_MAX = 100;
/** The value of a label for all further values. */
const OTHER = 'other';

/** A histogram: bounds in seconds, and the number of durations in each bucket, not cumulative. */
export type HistogramValue = Pick<DurationHistogram, 'bounds' | 'counts' | 'count' | 'sum'>;

/** One value of a metric. */
export interface MetricPoint {
  /** In the order of the labels of the metric. */
  readonly labels: readonly string[];
  /** Counter and gauge. */
  readonly value?: number;
  /** Histogram. */
  readonly histogram?: HistogramValue;
}

/** Collects the values of one metric. */
export class MetricSeries {
  readonly #definition: MetricDefinition;
  readonly #points = new Map<string, MetricPoint>();
  readonly #seen: readonly Set<string>[];

  constructor(definition: MetricDefinition) {
    this.#definition = definition;
    this.#seen = definition.labels.map(() => new Set<string>());
  }

  /** The values, in the order in which their labels were met. */
  get points(): readonly MetricPoint[] {
    return [...this.#points.values()];
  }

  /** Adds a value of a counter or gauge; undefined and values that are no number are left out. */
  add(value: number | undefined, ...labels: readonly string[]): void {
    if (value === undefined || !Number.isFinite(value)) return;
    const bounded = this.#bounded(labels);
    const before = this.#points.get(keyOf(bounded))?.value;
    const isLargest = this.#definition.merge === 'max';
    const merged = before === undefined ? value : isLargest ? Math.max(before, value) : before + value;
    this.#points.set(keyOf(bounded), { labels: bounded, value: merged });
  }

  /** Adds a histogram. */
  addHistogram(histogram: HistogramValue, ...labels: readonly string[]): void {
    const bounded = this.#bounded(labels);
    const before = this.#points.get(keyOf(bounded))?.histogram;
    const merged = before === undefined ? histogram : sumOf(before, histogram);
    this.#points.set(keyOf(bounded), { labels: bounded, histogram: merged });
  }

  #bounded(labels: readonly string[]): readonly string[] {
    return labels.map((value, index) => {
      const seen = this.#seen[index];
      if (seen === undefined || seen.has(value)) return value;
      if (seen.size >= LABEL_VALUES_MAX) return OTHER;
      seen.add(value);
      return value;
    });
  }
}

function keyOf(labels: readonly string[]): string {
  return JSON.stringify(labels);
}

function sumOf(one: HistogramValue, other: HistogramValue): HistogramValue {
  return {
    bounds: one.bounds,
    counts: one.counts.map((count, index) => count + (other.counts[index] ?? 0)),
    count: one.count + other.count,
    sum: one.sum + other.sum,
  };
}

/** Returns the series of a metric. */
export type SeriesOf = (name: MetricName) => MetricSeries;
