// The public names of millrace, listed one by one: all that a first program needs, from one package. Every name is defined
// in a package of its own, which can be installed alone.

// The engine: contexts, streams, state, event time
export {
  assembleEngine,
  DStream,
  endWhenUnread,
  formatStopReport,
  inProcessExecutors,
  naturalOrder,
  RDD,
  StatsReportListener,
  StreamingContext,
} from '@millrace/engine';
export type {
  AsyncCall,
  AsyncOptions,
  BackPressureOptions,
  BatchFailureReaction,
  BatchOptions,
  CombineOptions,
  DelayDistribution,
  DropDuplicatesOptions,
  Engine,
  EngineStatus,
  EventTimeStream,
  EventTimeWindows,
  EventWindow,
  EventWindowDStream,
  EventWindowOptions,
  FileStreamOptions,
  JoinWithinOptions,
  KeyedWindowOptions,
  MapWithStateDStream,
  MapWithStateFunction,
  Master,
  OutputBatch,
  OutputPartition,
  Pair,
  PrintOptions,
  QueueEntry,
  QueueStreamOptions,
  ReceiverStopInfo,
  ReceivingOptions,
  SaveAsTextFilesOptions,
  SortOptions,
  StandaloneContextOptions,
  StartOptions,
  State,
  StateOptions,
  StateSpec,
  StatsReportListenerDeps,
  StopOnSignalsOptions,
  StopOptions,
  StopReport,
  StreamingContextOptions,
  StreamingContextState,
  TimestampOptions,
  TrackingOptions,
  UpdateStateFunction,
  Watermark,
  WholeFileStreamOptions,
  WindowOptions,
  WindowTimes,
} from '@millrace/engine';

// Logging, listening, errors, sinks and receivers of a program
export {
  Clock,
  defineReceiver,
  fromAsyncIterable,
  fromEventEmitter,
  fromNodeStream,
  fromWebStream,
  isMillraceError,
  Logger,
  ManualClock,
  messageOf,
  MillraceError,
  NoopLogger,
  PinoLogger,
  provide,
  SinkWriter,
  Storage,
  StreamingListener,
} from '@millrace/core';
export type {
  AckToken,
  AdapterOptions,
  BatchIdentity,
  BatchInfo,
  BatchPhases,
  BatchTime,
  BatchTimesInfo,
  ConfiguredReceiver,
  DeadLetter,
  Disposition,
  EventEmitterOptions,
  ExecutorId,
  LateRecordsInfo,
  LeftOutRecordsInfo,
  LogFields,
  LogLevel,
  OutputOperationInfo,
  PinoLoggerOptions,
  Plugin,
  Receiver,
  ReceiverCapabilities,
  ReceiverContext,
  ReceiverDefinition,
  ReceiverInfo,
  ReceiverRateInfo,
  SerializedError,
  Sink,
  SinkCapabilities,
  SinkWrite,
  StopReason,
  StreamId,
  StreamingEvents,
  StreamInputInfo,
} from '@millrace/core';

// Executors on threads
export { threads } from '@millrace/threads';

// A write-ahead log in files
export { fileWriteAheadLog } from '@millrace/wal';
export type { FileLogOptions, FileWriteAheadLogOptions } from '@millrace/wal';

// Placement of receivers, and rates
export {
  fixedRateEstimation,
  loadBalancedScheduling,
  localityScheduling,
  pidRateEstimation,
  roundRobinScheduling,
} from '@millrace/scheduling';
export type { FixedRateOptions, PidParameters } from '@millrace/scheduling';

// Receivers: records over HTTP
export { httpReceivers, httpRecords, httpText, LISTENING_CHANNEL } from '@millrace/receiver-http';
export type {
  HttpListening,
  HttpOptions,
  HttpRecordsFactory,
  HttpRecordsInput,
  HttpRecordsOptions,
  RecordSchema,
} from '@millrace/receiver-http';

// Receivers: lines and frames over TCP
export { socketFrames, socketReceivers, socketText } from '@millrace/receiver-socket';
export type {
  SocketFramesInput,
  SocketFramesOptions,
  SocketTextInput,
  SocketTextOptions,
} from '@millrace/receiver-socket';

// Receivers: new files of a directory
export { fileReceivers, textFiles, wholeFiles } from '@millrace/receiver-files';
export type {
  TextFilesInput,
  TextFilesOptions,
  WholeFile,
  WholeFilesInput,
  WholeFilesOptions,
} from '@millrace/receiver-files';

// Receivers: replays of a file
export { parseTimestamp, replay, replayReceivers } from '@millrace/receiver-replay';
export type {
  ReplayFactory,
  ReplayInput,
  ReplayOptions,
  ReplayRecord,
  TimestampFormat,
} from '@millrace/receiver-replay';

// Sinks: files, and the dead letters in files
export {
  deliverToStream,
  deliverToUrl,
  filesSink,
  parquetFormat,
  readDeadLetters,
  replayDeadLetters,
} from '@millrace/sink-files';
export type {
  DeliverRecords,
  DeliverToUrlOptions,
  FilesSinkInput,
  FilesSinkOptions,
  ParquetFormatInput,
  ReadDeadLettersOptions,
  ReplayDeadLettersOptions,
  ReplayReport,
  StoredDeadLetter,
} from '@millrace/sink-files';

// Sinks: rows of SQLite
export { sqliteSink } from '@millrace/sink-sqlite';
export type {
  SqliteModule,
  SqliteRow,
  SqliteSinkInput,
  SqliteSinkOptions,
  SqliteValue,
} from '@millrace/sink-sqlite';

// Observation: what an engine does, as data, as text for Prometheus, and in words
export { EngineObserver, observe, PROMETHEUS_CONTENT_TYPE } from '@millrace/observe';
export type {
  BatchQuery,
  EngineObserverDeps,
  EngineState,
  Finding,
  HealthCheck,
  HealthReport,
  LiveState,
  ObservableContext,
  ObservedBatch,
  ObservedBatches,
  ObservedCheckpoints,
  ObservedExecutor,
  ObservedHost,
  ObservedInput,
  ObservedOutput,
  ObservedPhases,
  ObservedTotals,
  ObserverChange,
  ObserverListener,
  ObserverOptions,
  Quantiles,
  Timeline,
  Timelines,
  Verdict,
  VerdictLevel,
} from '@millrace/observe';

// The dashboard: the page of an engine
export {
  dashboard,
  DEFAULT_PORT as DASHBOARD_PORT,
  LISTENING_CHANNEL as DASHBOARD_LISTENING_CHANNEL,
  serveDashboard,
} from '@millrace/dashboard';
export type {
  DashboardInput,
  DashboardListening,
  ObservedSource,
  ServedDashboard,
  ServeDashboardSetup,
} from '@millrace/dashboard';

// Lengths of time
export { hours, minutes, seconds } from './durations.ts';
