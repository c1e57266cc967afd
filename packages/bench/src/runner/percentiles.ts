// Delays as metrics of a suite, and as readings of a probe.
import type { Metric, Readings } from './suite.ts';

/** The usual percentiles of a delay, as metrics: `total p50` and so on for the family `total`. */
export function percentileMetrics(family: string): readonly Metric[] {
  return PERCENTILES.map(([name, percentile]) => ({
    name: `${family} ${name}`,
    unit: 'ms',
    better: 'less',
    percentile,
    family,
  }));
}

/** The names and values of the usual percentiles. */
const PERCENTILES = [
  ['p50', 50],
  ['p90', 90],
  ['p99', 99],
  ['p99.9', 99.9],
] as const;

/** Readings for `percentileMetrics`, from a function that returns percentiles in milliseconds. */
export function percentileReadings(family: string, percentileMs: (percentile: number) => number): Readings {
  return Object.fromEntries(
    PERCENTILES.map(([name, percentile]) => [`${family} ${name}`, percentileMs(percentile)]),
  );
}
