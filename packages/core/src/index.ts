// The public names of @millrace/core, listed one by one: this list is the contract with plugin authors.

// Contracts
export { CONTRACT_VERSION, SUPPORTED_CONTRACTS } from './contracts/contract-version.ts';
export { portName, portToken } from './contracts/port-token.ts';
export type { PortToken } from './contracts/port-token.ts';
export { batchId } from './contracts/identifiers.ts';
export type {
  BatchIdentity,
  BatchTime,
  BlockId,
  Epoch,
  ExecutorId,
  ReceiverAttemptId,
  StreamId,
} from './contracts/identifiers.ts';
export { Clock } from './contracts/clock.ts';
export type { Timer } from './contracts/clock.ts';
export { RandomSource } from './contracts/random-source.ts';
export { Storage } from './contracts/storage.ts';
export type {
  StorageCreation,
  StorageEntry,
  StorageFile,
  StorageListOptions,
  StorageOpenMode,
} from './contracts/storage.ts';
export { Codec } from './contracts/codec.ts';
export type { RecordRefusal } from './contracts/codec.ts';
export type {
  Block,
  Durability,
  EncodedBlock,
  LogHandle,
  ReceivedBlockInfo,
  RecordChunk,
  RecordsBlock,
  SourceRange,
  StoredBlock,
  TextBlock,
} from './contracts/block.ts';
export { BlockStore } from './contracts/block-store.ts';
export type { BlockStoreUsage } from './contracts/block-store.ts';
export { ReceivedBlockHandler } from './contracts/received-block-handler.ts';
export type { StoreBlockOptions } from './contracts/received-block-handler.ts';
export { WriteAheadLogFactory } from './contracts/write-ahead-log.ts';
export type { LogRecord, WriteAheadLog } from './contracts/write-ahead-log.ts';
export { SchedulingPolicy } from './contracts/scheduling-policy.ts';
export type {
  ExecutorDescription,
  ReceiverDescription,
  ReceiverPlacement,
  ReceiverState,
  TaskLocation,
} from './contracts/scheduling-policy.ts';
export { ExecutorBackend } from './contracts/executor-backend.ts';
export type {
  DriverEndpoint,
  ExecutorEndpoint,
  ExecutorIdentity,
  ExecutorMembership,
  ExecutorPeers,
  ExecutorScaling,
  DriverProgram,
} from './contracts/executor-backend.ts';
export { ProcessRole } from './contracts/process-role.ts';
export type { ExecutorSession, ExecutorProgram } from './contracts/process-role.ts';
export type {
  AddBlock,
  AddBlockReply,
  BatchInput,
  CleanupOldBlocks,
  DeregisterReceiver,
  DriverProtocol,
  ExecutorProtocol,
  FetchBlock,
  FetchBlockReply,
  FetchBuckets,
  FetchBucketsReply,
  Forget,
  PeerGone,
  PeerProtocol,
  RegisterReceiver,
  RegisterReceiverReply,
  ReportError,
  RunTask,
  SerializedError,
  OperatorSnapshots,
  FetchSnapshot,
  FetchSnapshotReply,
  ShuffleLocations,
  StartReceiver,
  StopReceiver,
  StopReceiverReply,
  TaskName,
  TaskOutcome,
  UpdateRateLimit,
  LeftOutRecords,
} from './contracts/messages.ts';
export { CheckpointStore } from './contracts/checkpoint-store.ts';
export type { StoredCheckpoint } from './contracts/checkpoint-store.ts';
export { RateEstimatorFactory } from './contracts/rate-estimator.ts';
export type { BatchMeasurement, RateEstimator } from './contracts/rate-estimator.ts';
export { StreamingListener } from './contracts/streaming-listener.ts';
export type {
  BatchInfo,
  BatchPhases,
  BatchTimesInfo,
  LateRecordsInfo,
  LeftOutRecordsInfo,
  OutputOperationInfo,
  ReceiverInfo,
  ReceiverRateInfo,
  StreamInputInfo,
  StreamingEvents,
} from './contracts/streaming-listener.ts';
export { Logger } from './contracts/logger.ts';
export type { LogFields } from './contracts/logger.ts';
export type { ManagedResource } from './contracts/lifecycle.ts';
export type {
  OptionsArgument,
  OptionsSchema,
  SchemaIssue,
  SchemaResult,
} from './contracts/options-schema.ts';
export type { Sink, SinkCapabilities, SinkWrite } from './contracts/sink.ts';
export { ReceiverFactory } from './contracts/receiver.ts';
export type {
  AckToken,
  ConfiguredReceiver,
  RangeContext,
  Receiver,
  ReceiverCapabilities,
  ReceiverContext,
  ReceiverDefinition,
  SourcePiece,
  StopReason,
} from './contracts/receiver.ts';

// Text
export { escapeControls, escapeLines } from './text/escape-controls.ts';
export { foreignKindOf } from './text/foreign-bytes.ts';
export { gunzipChunks, isGzipName } from './text/gunzip-chunks.ts';
export { recordText } from './text/record-text.ts';
export { LineFramer } from './text/line-framer.ts';
export type { LineFramerOptions, LongLine, TextLines, TextPiece } from './text/line-framer.ts';

// Time
export { SystemClock } from './time/system-clock.ts';
export { ManualClock } from './time/manual-clock.ts';
export { msUntil } from './time/ms-until.ts';
export { RecurringTimer } from './time/recurring-timer.ts';
export type { RecurringTimerOptions } from './time/recurring-timer.ts';
export { EventLoop } from './time/event-loop.ts';
export type { EventLoopOptions } from './time/event-loop.ts';

// Defaults: in memory, by load, as MessagePack
export { MemoryBlockStore } from './memory/memory-block-store.ts';
export type { MemoryBlockStoreOptions } from './memory/memory-block-store.ts';
export { MemoryCheckpointStore } from './memory/memory-checkpoint-store.ts';
export type { MemoryCheckpointStoreOptions } from './memory/memory-checkpoint-store.ts';
export { MemoryReceivedBlockHandler } from './memory/memory-received-block-handler.ts';
export { ReleasingMap } from './memory/releasing-map.ts';
export { NoopLogger } from './memory/noop-logger.ts';
export { SeededRandom } from './memory/seeded-random.ts';
export { MsgpackCodec } from './codec/msgpack-codec.ts';
export { refusalsOf } from './codec/refusals-of.ts';
export { recordProblem } from './codec/record-problem.ts';
export { LoadBalancedSchedulingPolicy } from './scheduling/load-balanced-scheduling-policy.ts';
export { CapacityRateEstimator, CapacityRateEstimatorFactory } from './rates/capacity-rate-estimator.ts';
export type { CapacityRateEstimatorOptions } from './rates/capacity-rate-estimator.ts';
export { scheduleEvenly } from './scheduling/schedule-evenly.ts';
export { rescheduleByWeight } from './scheduling/reschedule-by-weight.ts';

// Checkpoints
export { FileCheckpointStore } from './checkpoint/file-checkpoint-store.ts';
export type { FileCheckpointStoreOptions } from './checkpoint/file-checkpoint-store.ts';

// Defaults: on the facilities of Node
export { endWhenUnread, guardedOutput } from './node/guarded-output.ts';
export type { GuardedOutput } from './node/guarded-output.ts';
export { heapLimitBytes } from './node/heap-limit.ts';
export { NodeStorage } from './node/node-storage.ts';
export { readSmallFile } from './files/read-small-file.ts';
export { SystemRandom } from './node/system-random.ts';
export { PinoLogger } from './node/pino-logger.ts';
export type { LogLevel, PinoLoggerOptions } from './node/pino-logger.ts';

// Watched directories
export { makePrivateDirectory, PRIVATE_FILE } from './files/private-directory.ts';
export { DirectoryListing } from './files/directory-listing.ts';
export type { DirectoryListingOptions } from './files/directory-listing.ts';
export { OddEntries } from './files/odd-entries.ts';
export type { OddEntry } from './files/odd-entries.ts';
export { MissedFiles } from './files/missed-files.ts';
export type { MissedFile, SelectedListing } from './files/missed-files.ts';
export { FileSelection } from './files/file-selection.ts';
export type { FileSelectionOptions, FileSelectionSnapshot } from './files/file-selection.ts';

// Sinks
export { SinkWriter } from './sinks/sink-writer.ts';

// Promises and errors
export { PROMISES } from './promises.ts';
export type { PromiseId } from './promises.ts';
export { errorFactory, isMillraceError, MillraceError } from './errors/millrace-error.ts';
export { deserializeError, serializeError } from './errors/serialize-error.ts';
export { asError, isError, messageOf, propertyOf } from './errors/thrown-value.ts';
export { engineStopper } from './errors/engine-stopper.ts';
export type {
  Disposition,
  ErrorCode,
  ErrorCodeTable,
  MillraceErrorOptions,
} from './errors/millrace-error.ts';
export { CORE_ERROR_CODES, coreError } from './errors/core-errors.ts';

// Plugins and assembly
export type { Plugin, PluginDefinition, PluginFactory } from './assembly/plugin.ts';
export { definePlugin } from './assembly/define-plugin.ts';
export { defineReceiver } from './assembly/define-receiver.ts';
export { noOptions } from './assembly/no-options.ts';
export { pluginModule } from './assembly/plugin-module.ts';
export { provide } from './assembly/provide.ts';
export { validateOptions } from './assembly/validate-options.ts';
export type { OptionsRequest, ValidatedOptions } from './assembly/validate-options.ts';
export { assembleEngine } from './assembly/assemble-engine.ts';
export type { AssemblyOptions } from './assembly/assemble-engine.ts';
export type { AssembledEngine, PortBinding, Ports } from './assembly/assembled-engine.ts';

// Adapters
export { fromAsyncIterable } from './adapters/from-async-iterable.ts';
export { fromNodeStream } from './adapters/from-node-stream.ts';
export { fromWebStream } from './adapters/from-web-stream.ts';
export { fromEventEmitter } from './adapters/from-event-emitter.ts';
export type { AdapterOptions } from './adapters/adapter-options.ts';
export type { EventEmitterOptions } from './adapters/from-event-emitter.ts';
export type { EventSource } from './adapters/event-receiver.ts';

// Options by a table
export { describeValue, optionError } from './options/option-error.ts';
export type { OptionIssue } from './options/option-error.ts';
export {
  filledText,
  flag,
  numberAboveZero,
  numberFromZero,
  oneOf,
  option,
  required,
  wholeNumber,
} from './options/option-rules.ts';
export type { OptionRule, OptionTable } from './options/option-rules.ts';
export { isOptions } from './options/is-options.ts';
export { isPathText, PATH_TEXT_EXPECTED, pathText } from './options/path-text.ts';
export { resolveOptions } from './options/resolve-options.ts';
export type { Mismatch, ResolveRequest } from './options/resolve-options.ts';
