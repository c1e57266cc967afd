// The public names of @millrace/engine, listed one by one.

// Making and running a program
export { assembleEngine } from './context/assemble-engine.ts';
export type { Engine } from './context/assemble-engine.ts';
export { inProcessExecutors } from './context/default-engine.ts';
export type { WholeFileStreamOptions } from './context/stream-sources.ts';
export { StreamingContext } from './context/streaming-context.ts';
export { notAtRest } from './holdings.ts';
export type { Amounts, Holdings } from './holdings.ts';
export type { StopOptions } from './context/stop-options.ts';
export type { StreamingContextState } from './context/streaming-context.ts';
export type { StandaloneContextOptions, StreamingContextOptions } from './context/context-options.ts';
export type { Master } from './context/master.ts';
export type { StopOnSignalsOptions } from './context/stop-on-signals.ts';
export { describeStop } from './context/stop-report.ts';
export type { ReceiverStopInfo, StopReport } from './context/stop-report.ts';
export type { BackPressureOptions, BatchFailureReaction, BatchOptions } from './batches/index.ts';
export type { ReceivingOptions } from './receiving/index.ts';
export type { TrackingOptions } from './tracking/index.ts';

// Receiving by hand: for benchmarks, and for engines that are put together differently
export { BlockGenerator, BlockIds, RateLimiter, resolveReceivingOptions } from './receiving/index.ts';
export type {
  BlockGeneratorParts,
  BlockGeneratorState,
  CutBlock,
  GeneratorStopped,
  Held,
  PushBlock,
  RateLimiterParts,
} from './receiving/index.ts';

// Recovering by hand: likewise
export { LoggedMetadataLog, ReceivedBlockTracker } from './tracking/index.ts';
export type {
  BatchAllocation,
  BatchCleanup,
  BlockAddition,
  DriverStart,
  LostBlocks,
  MetadataEvent,
  MetadataLog,
  ReceivedBlockTrackerOptions,
  ReceivedBlockTrackerSetup,
} from './tracking/index.ts';
export { decodeCheckpoint, encodeCheckpoint } from './checkpoint/index.ts';
export type {
  CheckpointContent,
  CheckpointedOperator,
  CheckpointedOperatorState,
} from './checkpoint/index.ts';

// Back-pressure by hand: for simulations, and for engines that are put together differently
export { RateController, resolveBackPressureOptions } from './batches/index.ts';
export type { RateControllerParts, RateLimit } from './batches/index.ts';

// Streams
export { DStream } from './dstream/index.ts';
export type {
  FileStreamOptions,
  KeyedWindowOptions,
  OutputBatch,
  OutputPartition,
  PrintOptions,
  QueueEntry,
  QueueStreamOptions,
  RddsOf,
  SaveAsTextFilesOptions,
  WindowOptions,
} from './dstream/index.ts';

// State
export type { MapWithStateDStream } from './dstream/index.ts';
export type {
  MapWithStateFunction,
  State,
  StateOptions,
  StateSpec,
  UpdateStateFunction,
} from './state/index.ts';

// Event time
export type { EventWindowDStream } from './dstream/index.ts';
export type {
  EventTimeStream,
  EventTimeWindows,
  EventWindow,
  WindowTimes,
  EventWindowOptions,
  TimestampOptions,
  Watermark,
} from './event-time/index.ts';

// RDDs
export { naturalOrder, RDD } from './rdd/index.ts';
export type {
  AsynchronousFunctionRefused,
  IterableOfPromises,
  OnlyPromise,
  OnlyPromises,
} from './rdd/refused-function.ts';
export type { CombineOptions, Pair, RddEnvironment, SortOptions } from './rdd/index.ts';

// Listening
export { StatsReportListener } from './listening/index.ts';
export type { DelayDistribution, StatsReportListenerSetup } from './listening/index.ts';

// Errors
export { ENGINE_ERROR_CODES } from './engine-errors.ts';
