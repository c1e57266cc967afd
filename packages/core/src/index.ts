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
export type { StorageEntry, StorageFile, StorageOpenMode } from './contracts/storage.ts';
export { Codec } from './contracts/codec.ts';
export type {
  Block,
  Durability,
  EncodedBlock,
  LogHandle,
  ReceivedBlockInfo,
  RecordChunk,
  RecordsBlock,
  StoredBlock,
  TextBlock,
} from './contracts/block.ts';
export { BlockStore } from './contracts/block-store.ts';
export type { BlockStoreUsage } from './contracts/block-store.ts';
export { ReceivedBlockHandler } from './contracts/received-block-handler.ts';
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
  ExecutorProgram,
} from './contracts/executor-backend.ts';
export type {
  AddBlock,
  AddBlockReply,
  BatchInput,
  CleanupOldBlocks,
  DeregisterReceiver,
  DriverProtocol,
  ExecutorProtocol,
  Forget,
  RegisterReceiver,
  RegisterReceiverReply,
  ReportError,
  RunTask,
  SerializedError,
  StartReceiver,
  StopReceiver,
  StopReceiverReply,
  TaskName,
  TaskOutcome,
  UpdateRateLimit,
} from './contracts/messages.ts';
export { CheckpointStore } from './contracts/checkpoint-store.ts';
export type { StoredCheckpoint } from './contracts/checkpoint-store.ts';
export { RateEstimatorFactory } from './contracts/rate-estimator.ts';
export type { BatchMeasurement, RateEstimator } from './contracts/rate-estimator.ts';
export { StreamingListener } from './contracts/streaming-listener.ts';
export type {
  BatchInfo,
  BatchPhases,
  OutputOperationInfo,
  ReceiverInfo,
  StreamInputInfo,
  StreamingEvents,
} from './contracts/streaming-listener.ts';
export { Logger } from './contracts/logger.ts';
export type { LogFields } from './contracts/logger.ts';
export type { ManagedResource } from './contracts/lifecycle.ts';
export type { OptionsSchema, SchemaIssue, SchemaResult } from './contracts/options-schema.ts';
export type { Sink, SinkCapabilities, SinkWrite } from './contracts/sink.ts';
export { ReceiverFactory } from './contracts/receiver.ts';
export type {
  AckToken,
  ConfiguredReceiver,
  Receiver,
  ReceiverCapabilities,
  ReceiverContext,
  ReceiverDefinition,
  StopReason,
} from './contracts/receiver.ts';

// Promises and errors
export { PROMISES } from './promises.ts';
export type { PromiseId } from './promises.ts';
export {
  deserializeError,
  errorFactory,
  isMillraceError,
  MillraceError,
  serializeError,
} from './errors/millrace-error.ts';
export type {
  Disposition,
  ErrorCode,
  ErrorCodeTable,
  MillraceErrorOptions,
} from './errors/millrace-error.ts';
export { CORE_ERROR_CODES, coreError } from './errors/core-errors.ts';

// Plugins and assembly
export type { Plugin, PluginDefinition } from './assembly/plugin.ts';
