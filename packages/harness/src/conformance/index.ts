// The public names of @millrace/harness/conformance, listed one by one.
export type { CheckNumber, ConformanceCheck, UncheckableRule } from './kit/conformance-check.ts';
export type { ConformanceKit, ConformanceRun } from './kit/conformance-kit.ts';
export { ConformanceFailure } from './kit/conformance-failure.ts';
export type { TestFunctions, TestHandle } from './kit/define-conformance.ts';
export { runCheck, runKit } from './kit/run-check.ts';
export type { CheckRequest, CheckResult } from './kit/run-check.ts';
export type { ConformanceReport, ConformanceRunReport, ReportedCheck } from './report/conformance-report.ts';
export { renderReport } from './report/guarantee-table.ts';
export { updateReadme } from './report/update-readmes.ts';
export type { UpdatedReadme } from './report/update-readmes.ts';

// Write-ahead log
export {
  WRITE_AHEAD_LOG_KIT,
  writeAheadLogConformance,
} from './write-ahead-log/write-ahead-log-conformance.ts';
export { logOnStorage } from './write-ahead-log/log-on-storage.ts';
export type { LogOnStorageOptions, LogPorts } from './write-ahead-log/log-on-storage.ts';
export type {
  LogFactory,
  WriteAheadLogCapabilities,
  WriteAheadLogSubject,
  WriteAheadLogTarget,
} from './write-ahead-log/write-ahead-log-target.ts';

// Receiver
export { RECEIVER_KIT, receiverConformance } from './receiver/receiver-conformance.ts';
export type {
  PublishedOptions,
  ReceiverSubject,
  ReceiverTarget,
  ReceiverWorld,
} from './receiver/receiver-target.ts';

// Received-block handler
export {
  RECEIVED_BLOCK_HANDLER_KIT,
  receivedBlockHandlerConformance,
} from './received-block-handler/received-block-handler-conformance.ts';
export type {
  ReceivedBlockHandlerCapabilities,
  ReceivedBlockHandlerSubject,
  ReceivedBlockHandlerTarget,
} from './received-block-handler/received-block-handler-target.ts';

// Checkpoint store
export {
  CHECKPOINT_STORE_KIT,
  checkpointStoreConformance,
} from './checkpoint-store/checkpoint-store-conformance.ts';
export { checkpointsOnStorage } from './checkpoint-store/checkpoint-store-target.ts';
export type {
  CheckpointsOnStorageOptions,
  CheckpointStoreCapabilities,
  CheckpointStoreSubject,
  CheckpointStoreTarget,
  ManagedCheckpointStore,
} from './checkpoint-store/checkpoint-store-target.ts';
