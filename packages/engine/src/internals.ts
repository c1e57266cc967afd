// Parts of the engine for benchmarks, simulations and engines that are put together differently. Unstable: a minor version
// may change each of these names.

export { notAtRest } from './holdings.ts';
export type { Amounts, Holdings } from './holdings.ts';
export { BlockGenerator } from './receiving/block-generator.ts';
export { BlockIds } from './receiving/block-ids.ts';
export { RateLimiter } from './receiving/rate-limiter.ts';
export { resolveReceivingOptions } from './receiving/receiving-options.ts';
export type {
  BlockGeneratorDeps,
  BlockGeneratorState,
  GeneratorStopped,
} from './receiving/block-generator-deps.ts';
export type { CutBlock } from './receiving/cut-block.ts';
export type { BufferUsage } from './receiving/buffer-limits.ts';
export type { PushBlock } from './receiving/push-loop.ts';
export type { RateLimiterDeps } from './receiving/rate-limiter.ts';
export { LoggedMetadataLog } from './tracking/logged-metadata-log.ts';
export { ReceivedBlockTracker } from './tracking/received-block-tracker.ts';
export type {
  BatchAllocation,
  BatchCleanup,
  BlockAddition,
  DriverStart,
  MetadataEvent,
  MetadataLog,
} from './tracking/metadata-log.ts';
export type { LostBlocks, ReceivedBlockTrackerDeps } from './tracking/received-block-tracker.ts';
export type { ReceivedBlockTrackerOptions } from './tracking/tracking-options.ts';
export { decodeCheckpoint, encodeCheckpoint } from './checkpoint/checkpoint-content.ts';
export type {
  CheckpointContent,
  CheckpointedOperator,
  CheckpointedOperatorState,
} from './checkpoint/checkpoint-content.ts';
export { RateController } from './batches/rate-controller.ts';
export { resolveBackPressureOptions } from './batches/back-pressure-options.ts';
export type { RateControllerDeps } from './batches/rate-controller.ts';
export type { RddEnvironment } from './rdd/rdd-environment.ts';
