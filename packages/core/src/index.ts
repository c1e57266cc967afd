// The public names of @millrace/core, listed one by one: this list is the contract with plugin authors.

// First: an older Node is refused before any other module runs.
import './node/supported-node.ts';

// Contracts
export { CONTRACT_VERSION } from './contracts/contract-version.ts';
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
export type { StorageCreation, StorageEntry, StorageFile, StorageOpenMode } from './contracts/storage.ts';
export { Codec } from './contracts/codec.ts';
export type { RecordRefusal } from './contracts/codec.ts';
export type {
  Block,
  Durability,
  LogHandle,
  ReceivedBlockInfo,
  RecordChunk,
  RecordsBlock,
  SourceRange,
  StoredBlock,
  TextBlock,
} from './contracts/block.ts';
export { BlockStore } from './contracts/block-store.ts';
export { BlockLogKeeper } from './contracts/block-log-keeper.ts';
export { ReceivedBlockHandler } from './contracts/received-block-handler.ts';
export type { StoreBlockOptions } from './contracts/received-block-handler.ts';
export { WriteAheadLogFactory } from './contracts/write-ahead-log.ts';
export type { LogRecord, WriteAheadLog } from './contracts/write-ahead-log.ts';
export { SchedulingPolicy } from './contracts/scheduling-policy.ts';
export type {
  ExecutorDescription,
  ReceiverDescription,
  ReceiverPlacement,
  TaskLocation,
} from './contracts/scheduling-policy.ts';
export { ExecutorBackend } from './contracts/executor-backend.ts';
export { ProcessRole } from './contracts/process-role.ts';
export type { SerializedError } from './contracts/serialized-error.ts';
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
  RecordErrorsInfo,
  StreamInputInfo,
  StreamingEvents,
} from './contracts/streaming-listener.ts';
export { Logger } from './contracts/logger.ts';
export type { LogFields } from './contracts/logger.ts';
export type { ManagedResource } from './contracts/managed-resource.ts';
export type { OptionsArgument, OptionsSchema } from './contracts/options-schema.ts';
export type { FileFormat, Sink, SinkCapabilities, SinkWrite } from './contracts/sink.ts';
export type { DeadLetter } from './contracts/dead-letter.ts';
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
export { LineFramer } from './text/line-framer.ts';
export type { TextLines, TextPiece } from './text/line-framer.ts';

// Time
export { SystemClock } from './time/system-clock.ts';
export { ManualClock } from './time/manual-clock.ts';
export { msUntil } from './time/ms-until.ts';
export { backOffDelayMs } from './time/back-off.ts';

// Defaults: in memory, by load, as MessagePack
export { MemoryBlockStore } from './memory/memory-block-store.ts';
export { MemoryCheckpointStore } from './memory/memory-checkpoint-store.ts';
export { NoopLogger } from './memory/noop-logger.ts';
export { SeededRandom } from './random/seeded-random.ts';
export { MsgpackCodec } from './codec/msgpack-codec.ts';

// Checkpoints
export { FileCheckpointStore } from './checkpoint/file-checkpoint-store.ts';
export type { FileCheckpointStoreOptions } from './checkpoint/file-checkpoint-store.ts';

// Defaults: on the facilities of Node
export { NodeStorage } from './node/node-storage.ts';
export { SystemRandom } from './random/system-random.ts';
export { PinoLogger } from './node/pino-logger.ts';
export type { LogLevel, PinoLoggerOptions } from './node/pino-logger.ts';

// Sinks
export { SinkWriter } from './sinks/sink-writer.ts';

// Promises and errors
export { coreError } from './errors/core-errors.ts';
export { errorFactory, isMillraceError, MillraceError } from './errors/millrace-error.ts';
export { messageOf } from './errors/thrown-value.ts';
export type { Disposition, ErrorCode, ErrorCodeTable } from './errors/millrace-error.ts';

// Plugins and assembly
export type { Plugin, PluginDefinition, PluginFactory } from './assembly/plugin.ts';
export { definePlugin } from './assembly/define-plugin.ts';
export { defineReceiver } from './assembly/define-receiver.ts';
export { noOptions } from './assembly/no-options.ts';
export { pluginModule } from './assembly/plugin-module.ts';
export { provide } from './assembly/provide.ts';

// Adapters
export { fromAsyncIterable } from './adapters/from-async-iterable.ts';
export { fromNodeStream } from './adapters/from-node-stream.ts';
export { fromWebStream } from './adapters/from-web-stream.ts';
export { fromEventEmitter } from './adapters/from-event-emitter.ts';
export type { AdapterOptions } from './adapters/adapter-options.ts';
export type { EventEmitterOptions } from './adapters/from-event-emitter.ts';
