// The public names of @millrace/engine, listed one by one.

// Making and running a program
export { assembleEngine } from './context/assemble-engine.ts';
export type { Engine } from './context/assemble-engine.ts';
export { endWhenUnread } from '@millrace/core/engine';
export { inProcessExecutors } from './context/default-engine.ts';
export type { WholeFileStreamOptions } from './context/stream-sources.ts';
export { StreamingContext } from './context/streaming-context.ts';
export type { EngineStatus } from './context/engine-status.ts';
export type { StartOptions } from './context/start-options.ts';
export type { StopOptions } from './context/stop-options.ts';
export type { StreamingContextState } from './context/context-life.ts';
export type { StandaloneContextOptions, StreamingContextOptions } from './context/context-options.ts';
export type { Master } from './context/master.ts';
export type { StopOnSignalsOptions } from './context/stop-on-signals.ts';
export { formatStopReport } from './driver/stop-report.ts';
export type { StopReport } from './driver/stop-report.ts';
export type { ReceiverStopInfo } from './tracking/receiver-stop.ts';
export type { BackPressureOptions } from './batches/back-pressure-options.ts';
export type { BatchFailureReaction, BatchOptions } from './batches/batch-options.ts';
export type { ReceivingOptions } from './receiving/receiving-options.ts';
export type { TrackingOptions } from './tracking/tracking-options.ts';

// Streams
export { DStream } from './dstream/dstream.ts';
export type { FileStreamOptions } from './dstream/file-input-dstream.ts';
export type { KeyedWindowOptions, WindowOptions } from './windows/inverse-windows.ts';
export type { OutputBatch, OutputPartition } from './graph/output-operation.ts';
export type { PrintOptions } from './dstream/print-batch.ts';
export type { QueueEntry, QueueStreamOptions } from './dstream/queue-input-dstream.ts';
export type { SaveAsTextFilesOptions } from './dstream/text-file-output.ts';

// State
export type { DropDuplicatesOptions } from './state/drop-duplicates.ts';
export type { MapWithStateDStream } from './dstream/dstream.ts';
export type { MapWithStateFunction } from './state/map-with-state.ts';
export type { State } from './state/state-handle.ts';
export type { StateOptions, StateSpec } from './state/state-spec.ts';
export type { UpdateStateFunction } from './state/update-state-by-key.ts';

// Event time
export type { EventWindowDStream } from './dstream/dstream.ts';
export type { EventTimeStream } from './event-time/event-time-stream.ts';
export type { EventTimeWindows } from './event-time/event-time-windows.ts';
export type { EventWindow } from './event-time/event-window.ts';
export type { WindowTimes } from './event-time/window-times.ts';
export type { JoinWithinOptions } from './event-time/join-within.ts';
export type { EventWindowOptions } from './event-time/window-operators.ts';
export type { TimestampOptions, Watermark } from './event-time/watermark.ts';

// RDDs
export type { AsyncCall } from './rdd/async-calls.ts';
export type { AsyncOptions } from './rdd/async-options.ts';
export { naturalOrder } from './rdd/natural-order.ts';
export { RDD } from './rdd/rdd.ts';
export type { CombineOptions } from './rdd/combine-options.ts';
export type { Pair } from './rdd/pair.ts';
export type { SortOptions } from './rdd/sort-operators.ts';

// Listening
export { StatsReportListener } from './listening/stats-report-listener.ts';
export type { DelayDistribution, StatsReportListenerDeps } from './listening/stats-report-listener.ts';

// Errors
export { ENGINE_ERROR_CODES } from './engine-errors.ts';
