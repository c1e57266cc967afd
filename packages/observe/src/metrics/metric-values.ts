// The values of all metrics at one moment, out of the memory of an observer.
import type { Observation } from '../observation.ts';
import type { Verdict, VerdictLevel } from '../schema/verdict.ts';
import { addEngineMetrics } from './engine-metrics.ts';
import { type MetricPoint, MetricSeries, type SeriesOf } from './metric-series.ts';
import { type MetricDefinition, METRICS } from './metric-table.ts';
import { addStreamMetrics } from './stream-metrics.ts';

/** The values of one metric; no points while nothing is known. */
export interface MetricValues {
  readonly definition: MetricDefinition;
  readonly points: readonly MetricPoint[];
}

const LEVELS: readonly VerdictLevel[] = ['failed', 'behind', 'limited', 'warning', 'good'];

/** The values of all metrics, in the order of `METRICS`. */
export function metricValuesOf(observation: Observation, verdict: Verdict): readonly MetricValues[] {
  const all = new Map<string, { readonly definition: MetricDefinition; readonly series: MetricSeries }>(
    METRICS.map((definition) => [definition.name, { definition, series: new MetricSeries(definition) }]),
  );
  const seriesOf: SeriesOf = (name) => (all.get(name) as { readonly series: MetricSeries }).series;
  addStreamMetrics(observation, seriesOf);
  addEngineMetrics(observation, seriesOf);
  for (const level of LEVELS) seriesOf('millrace.verdict').add(level === verdict.level ? 1 : 0, level);
  return [...all.values()].map(({ definition, series }) => ({ definition, points: series.points }));
}
