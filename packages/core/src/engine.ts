// The names that engines, executor backends and the packages of this repository share with the core. Authors of plugins
// do not need these names. A minor version may change each of these names; the names of @millrace/core itself follow
// semantic versioning.

// First: an older Node is refused before any other module runs.
import './node/supported-node.ts';

// Contracts: messages, executor backends, details
export type { EncodedBlock } from './contracts/block.ts';
export type { BlockStoreUsage } from './contracts/block-store.ts';
export type { DeadRecordForm } from './contracts/dead-letter.ts';
export { SUPPORTED_CONTRACTS } from './contracts/contract-version.ts';
export { DriverLease } from './contracts/driver-lease.ts';
export type { DriverTerm, LeaseRelease, LeaseRequest } from './contracts/driver-lease.ts';
export type {
  DriverEndpoint,
  ExecutorEndpoint,
  ExecutorIdentity,
  ExecutorMembership,
  ExecutorPeers,
  ExecutorScaling,
  DriverProgram,
  ServedMasters,
} from './contracts/executor-backend.ts';
export type {
  AddBlock,
  AddBlockReply,
  BatchInput,
  CancelTask,
  CleanupOldBlocks,
  DeadRecord,
  DeregisterReceiver,
  DriverProtocol,
  ExecutorProtocol,
  FailedRecord,
  FetchBlock,
  FetchBlockReply,
  FetchBuckets,
  FetchBucketsReply,
  Forget,
  PeerGone,
  PeerProtocol,
  RateLimit,
  ReadGauges,
  RecordErrors,
  RegisterReceiver,
  RegisterReceiverReply,
  ReportError,
  ReportStarted,
  RunTask,
  OperatorSnapshots,
  FetchSnapshot,
  FetchSnapshotReply,
  ShuffleLocations,
  StartReceiver,
  StopReceiver,
  StopReceiverReply,
  TaskName,
  TaskOutcome,
  UpdateCondition,
  UpdateRateLimit,
} from './contracts/messages.ts';
export type { LeftOutRecords } from './contracts/left-out-records.ts';
export type { SchemaIssue, SchemaResult } from './contracts/options-schema.ts';
export { formatPath } from './options/option-path.ts';
export { portName } from './contracts/port-token.ts';
export type { Reach } from './contracts/reach.ts';
export type { LogEntry } from './contracts/write-ahead-log.ts';
export { portToken } from './contracts/port-token.ts';
export type { PortToken } from './contracts/port-token.ts';
export type { ExecutorSession, ExecutorProgram } from './contracts/process-role.ts';
export type { StorageListOptions } from './contracts/storage.ts';
export type { ReceiverState } from './contracts/scheduling-policy.ts';
export { ThreadMeter } from './contracts/thread-meter.ts';

// Assembly
export { assemblePorts } from './assembly/assemble-ports.ts';
export type { AssemblyOptions } from './assembly/assemble-ports.ts';
export type { AssembledPorts, PortBinding, Ports } from './assembly/assembled-ports.ts';
export { validateOptions } from './assembly/validate-options.ts';
export type { OptionsRequest, ValidatedOptions } from './assembly/validate-options.ts';

// Sinks
export { sinkOfWrite } from './sinks/sink-writer.ts';

// Options by a table
export { isOptions } from './options/is-options.ts';
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
  optionGroup,
  wholeNumber,
  wholeNumberWithin,
} from './options/option-rules.ts';
export type { OptionRule, OptionTable } from './options/option-rules.ts';
export { isPathText, PATH_TEXT_EXPECTED, pathText } from './options/path-text.ts';
export { schemaByTable } from './options/schema-by-table.ts';
export type { TableSchema } from './options/schema-by-table.ts';
export { resolveOptions } from './options/resolve-options.ts';
export { isThenable } from './options/is-thenable.ts';
export type { Mismatch, ResolveOptionsRequest } from './options/resolve-options.ts';

// Errors and promises
export { CORE_ERROR_CODES } from './errors/core-errors.ts';
export { engineStopper } from './errors/engine-stopper.ts';
export type { MillraceErrorOptions } from './errors/millrace-error.ts';
export { deserializeError, serializeError } from './errors/serialize-error.ts';
export { asError, isError, propertyOf } from './errors/thrown-value.ts';
export { PROMISES } from './promises.ts';
export type { PromiseId } from './promises.ts';

// Time
export { RecurringTimer } from './time/recurring-timer.ts';
export { IndexedHeap } from './time/indexed-heap.ts';
export { RecentDurations } from './time/recent-durations.ts';
export type { DurationQuantiles } from './time/recent-durations.ts';
export { sleepBy } from './time/sleep.ts';
export type { Moment } from './time/pending-calls.ts';
export type { RecurringTimerOptions } from './time/recurring-timer.ts';

// Text
export { escapeControls, escapeLines } from './text/escape-controls.ts';
export { foreignKindOf } from './text/foreign-bytes.ts';
export { gunzipChunks, isGzipFailure, isGzipName } from './text/gunzip-chunks.ts';
export type { LineFramerOptions, LongLine } from './text/line-framer.ts';
export { recordText } from './text/record-text.ts';
export { valueKind } from './text/value-kind.ts';
export { isSecretName, redactText } from './text/redact.ts';

// Connectors
export { CLIENT_TLS_RULE, readClientTls, usableClientTls } from './connectors/client-tls.ts';
export type { ClientTls, ClientTlsDeps, ClientTlsOptions } from './connectors/client-tls.ts';
export { DECODING_RULES, IN_FLIGHT_RULES } from './connectors/decoding-options.ts';
export type { DecodingOptions, InFlightOptions } from './connectors/decoding-options.ts';
export { exactJson } from './connectors/exact-json.ts';
export { failureText } from './connectors/failure-text.ts';
export { hasRoom } from './connectors/has-room.ts';
export { MalformedReaction } from './connectors/malformed-reaction.ts';
export type { MalformedReactionDeps } from './connectors/malformed-reaction.ts';
export { recordChunks, takenAhead } from './connectors/record-chunks.ts';
export type { ChunkBounds, TextChunk } from './connectors/record-chunks.ts';
export {
  HOST_RULE,
  hostOfServer,
  isServerUrl,
  SERVERS_RULE,
  serverText,
  serverUrlParts,
} from './connectors/server-address.ts';
export type { ServerUrlForm, ServerUrlParts } from './connectors/server-address.ts';
export { SummedReport } from './connectors/summed-report.ts';
export type { SummedReportDeps } from './connectors/summed-report.ts';
export { unsupportedRecord } from './connectors/unsupported-record.ts';
export type { RefusedRecord } from './connectors/unsupported-record.ts';
export { urlMismatches } from './connectors/url-mismatches.ts';
export { MalformedValue, textValueDecoder, valueDecoder } from './connectors/value-decoder.ts';
export type { ValueForm } from './connectors/value-decoder.ts';

// Watched directories and files
export { DirectoryListing } from './files/directory-listing.ts';
export type { DirectoryListingOptions } from './files/directory-listing.ts';
export { FileSelection } from './files/file-selection.ts';
export type { FileSelectionOptions, FileSelectionSnapshot } from './files/file-selection.ts';
export { isSameContent, MissedFiles } from './files/missed-files.ts';
export type { MissedFile, SelectedListing } from './files/missed-files.ts';
export { OddEntries } from './files/odd-entries.ts';
export type { OddEntry } from './files/odd-entries.ts';
export { makePrivateDirectory, PRIVATE_FILE } from './files/private-directory.ts';
export { readSmallFile } from './files/read-small-file.ts';

// Defaults of an engine
export { recordProblem } from './codec/record-problem.ts';
export { refusalsOf } from './codec/refusals-of.ts';
export { decodeBlock, encodeBlock, openEnvelope } from './codec/block-envelope.ts';
export type { OpenedEnvelope } from './codec/block-envelope.ts';
export {
  contentOfRegistration,
  REGISTRATION_KIND,
  REGISTRATION_PLACES,
  REGISTRATION_VERSION,
} from './codec/registration-entry.ts';
export type { RegisteredContent } from './codec/registration-entry.ts';
export { keepInStore } from './memory/keep-in-store.ts';
export type { MemoryBlockStoreOptions } from './memory/memory-block-store.ts';
export type { MemoryCheckpointStoreOptions } from './memory/memory-checkpoint-store.ts';
export { MemoryReceivedBlockHandler } from './memory/memory-received-block-handler.ts';
export { ReleasingMap } from './memory/releasing-map.ts';
export { CapacityRateEstimator, CapacityRateEstimatorFactory } from './rates/capacity-rate-estimator.ts';
export type { CapacityRateEstimatorOptions } from './rates/capacity-rate-estimator.ts';
export { LoadBalancedSchedulingPolicy } from './scheduling/load-balanced-scheduling-policy.ts';
export { rescheduleByWeight } from './scheduling/reschedule-by-weight.ts';
export { scheduleEvenly } from './scheduling/schedule-evenly.ts';

// Facilities of Node
export { environmentLogLevel, logLevelRule } from './node/log-level.ts';
export { endWhenUnread, guardedOutput } from './node/guarded-output.ts';
export type { GuardedOutput } from './node/guarded-output.ts';
export { takesControls } from './node/terminal-controls.ts';
export type { MaybeTerminal } from './node/terminal-controls.ts';
export { heapLimitBytes } from './node/heap-limit.ts';
export { findLock, isLockName, removeLock } from './node/found-lock.ts';
export type { FoundLock } from './node/found-lock.ts';

// Adapters
export type { EventSource } from './adapters/event-receiver.ts';
