// The public names of @millrace/observe, listed one by one.
export { SCHEMA_VERSION } from './schema/engine-state.ts';
export type {
  EngineState,
  ObservedCheckpoints,
  ObservedExecutor,
  ObservedInput,
  ObservedOutput,
  ObservedPhases,
  ObservedTotals,
  Quantiles,
} from './schema/engine-state.ts';
export type { ObservedBatch, ObservedBatches } from './schema/observed-batch.ts';
export type { Timeline, Timelines } from './schema/timelines.ts';
export type { Finding, Verdict, VerdictLevel } from './schema/verdict.ts';
