// The public names of listening, listed one by one.
export { EventHub } from './event-hub.ts';
export type { PublishEvent } from './publish-event.ts';
export { StatsReportListener } from './stats-report-listener.ts';
export type { DelayDistribution, StatsReportListenerSetup } from './stats-report-listener.ts';
