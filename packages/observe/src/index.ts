// The public names of @millrace/observe, listed one by one.
export { SCHEMA_VERSION } from './schema/engine-state.ts';
export type {
  EngineState,
  ObservedCheckpoints,
  ObservedExecutor,
  ObservedHost,
  ObservedInput,
  ObservedOutput,
  ObservedPhases,
  ObservedTotals,
  Quantiles,
} from './schema/engine-state.ts';
export type { ObservedBatch, ObservedBatches } from './schema/observed-batch.ts';
export type { Timeline, Timelines } from './schema/timelines.ts';
export type { Finding, Verdict, VerdictLevel } from './schema/verdict.ts';
export type { LiveState, ObserverChange, ObserverListener } from './schema/observer-change.ts';
export { EngineObserver } from './engine-observer.ts';
export type { EngineObserverDeps } from './engine-observer.ts';
export { observe } from './observe.ts';
export type { ObservableContext } from './observe.ts';
export type { ObserverOptions } from './observer-options.ts';
export type { BatchQuery } from './history/batch-history.ts';
export type { HealthCheck, HealthReport } from './health/health.ts';
export { DEFAULT_BUCKETS } from './counters/duration-histogram.ts';
export { METRICS } from './metrics/metric-table.ts';
export type { MetricDefinition, MetricName } from './metrics/metric-table.ts';
export type { HistogramValue, MetricPoint } from './metrics/metric-series.ts';
export type { MetricValues } from './metrics/metric-values.ts';
export { prometheusName } from './metrics/prometheus-name.ts';
export { PROMETHEUS_CONTENT_TYPE } from './metrics/prometheus-text.ts';
