// The public names of @millrace/dashboard, listed one by one.
export { dashboard } from './dashboard.module.ts';
export { serveDashboard } from './serve-dashboard.ts';
export type { ServedDashboard, ServeDashboardSetup } from './serve-dashboard.ts';
export { DEFAULT_PORT } from './dashboard.options.ts';
export type { DashboardInput } from './dashboard.options.ts';
export { LISTENING_CHANNEL } from './listening-channel.ts';
export type { DashboardListening } from './listening-channel.ts';
export type { ObservedSource } from './observed-source.ts';
export type {
  BatchEvent,
  LiveBatchRow,
  LiveSummary,
  ObservedInputHistory,
  ObservedInputs,
  ReceiverEvent,
  SnapshotEvent,
  VerdictEvent,
} from './live/live-messages.ts';
export { DASHBOARD_ERROR_CODES } from './dashboard-errors.ts';
