// The public names of @millrace/testing/conformance, listed one by one.
export type { CheckNumber, ConformanceCheck, UncheckableRule } from './kit/conformance-check.ts';
export type { ConformanceKit, ConformanceRun } from './kit/conformance-kit.ts';
export { ConformanceFailure } from './kit/conformance-failure.ts';
export type { TestFunctions, TestHandle } from './kit/define-conformance.ts';
export { runCheck, runKit } from './kit/run-check.ts';
export type { CheckRequest, CheckResult } from './kit/run-check.ts';
export type { ConformanceReport, ConformanceRunReport, ReportedCheck } from './report/conformance-report.ts';
export { renderReport } from './report/guarantee-table.ts';
export { sourceDigest } from './report/source-digest.ts';
export type { SourceFile } from './report/source-digest.ts';
export { updateReadme } from './report/update-readmes.ts';
export type { UpdatedReadme } from './report/update-readmes.ts';

// Write-ahead log
export {
  WRITE_AHEAD_LOG_KIT,
  writeAheadLogConformance,
} from './write-ahead-log/write-ahead-log-conformance.ts';
export { logOnStorage } from './write-ahead-log/log-on-storage.ts';
export type { LogFiles, LogOnStorageOptions, LogPorts } from './write-ahead-log/log-on-storage.ts';
export type {
  CopiedFile,
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

// Driver lease
export { DRIVER_LEASE_KIT, driverLeaseConformance } from './driver-lease/driver-lease-conformance.ts';
export type {
  DriverLeaseCapabilities,
  DriverLeaseSubject,
  DriverLeaseTarget,
} from './driver-lease/driver-lease-target.ts';
// Keeper of a block log
export {
  BLOCK_LOG_KEEPER_KIT,
  blockLogKeeperConformance,
} from './block-log-keeper/block-log-keeper-conformance.ts';
export type {
  BlockLogKeeperCapabilities,
  BlockLogKeeperSubject,
  BlockLogKeeperTarget,
} from './block-log-keeper/block-log-keeper-target.ts';

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

// Storage
export { STORAGE_KIT, storageConformance } from './storage/storage-conformance.ts';
export type {
  ForeignHolder,
  StorageCapabilities,
  StorageSubject,
  StorageTarget,
} from './storage/storage-target.ts';

// Sink
export { SINK_KIT, sinkConformance } from './sink/sink-conformance.ts';
export type { SinkConformanceTrial, SinkSubject } from './sink/sink-conformance.ts';
export type { SinkFault, SinkTarget } from './sink-target.ts';

// Scheduling policy
export {
  SCHEDULING_POLICY_KIT,
  schedulingPolicyConformance,
} from './scheduling-policy/scheduling-policy-conformance.ts';
export type {
  SchedulingPolicyCapabilities,
  SchedulingPolicySubject,
  SchedulingPolicyTarget,
} from './scheduling-policy/scheduling-policy-conformance.ts';

// Block store
export { BLOCK_STORE_KIT, blockStoreConformance } from './block-store/block-store-conformance.ts';
export type {
  BlockStoreCapabilities,
  BlockStoreSubject,
  BlockStoreTarget,
} from './block-store/block-store-conformance.ts';

// Clock
export { CLOCK_KIT, clockConformance } from './clock/clock-conformance.ts';
export type { ClockCapabilities, ClockSubject, ClockTarget } from './clock/clock-target.ts';

// Codec
export { CODEC_KIT, codecConformance } from './codec/codec-conformance.ts';
export type { CodecSubject } from './codec/codec-conformance.ts';

// Rate estimator
export { RATE_ESTIMATOR_KIT, rateEstimatorConformance } from './rate-estimator/rate-estimator-conformance.ts';
export type { RateEstimatorSubject } from './rate-estimator/rate-estimator-conformance.ts';

// Executor backend
export {
  EXECUTOR_BACKEND_KIT,
  executorBackendConformance,
} from './executor-backend/executor-backend-conformance.ts';
export type {
  ExecutorBackendCapabilities,
  ExecutorBackendSubject,
  ExecutorBackendTarget,
} from './executor-backend/executor-backend-target.ts';
