// The public names of tracking, listed one by one.
export { InputInfoTracker } from './input-info-tracker.ts';
export { LoggedMetadataLog, METADATA_LOG_NAME } from './logged-metadata-log.ts';
export { MemoryMetadataLog } from './metadata-log.ts';
export type {
  BatchAllocation,
  BatchCleanup,
  BlockAddition,
  DriverStart,
  MetadataEvent,
  MetadataLog,
} from './metadata-log.ts';
export { ReceivedBlockTracker } from './received-block-tracker.ts';
export type { LostBlocks, ReceivedBlockTrackerSetup } from './received-block-tracker.ts';
export type { ReceiverStream } from './receiver-entry.ts';
export type { ReceiverStopInfo, ReceiverStopOptions, ReceiverStopReport } from './receiver-stop.ts';
export { ReceiverTracker } from './receiver-tracker.ts';
export type { ReceiverTrackerSetup, ReceiverTrackerState } from './receiver-tracker.ts';
export { TRACKING_ERROR_CODES } from './tracking-errors.ts';
export { resolveTrackingOptions } from './tracking-options.ts';
export type {
  ReceivedBlockTrackerOptions,
  ReceiverTrackerOptions,
  TrackingOptions,
} from './tracking-options.ts';
