// The public names of listening, listed one by one.
export { DiagnosticsChannels } from './diagnostics-channels.ts';
export { EventFreezer } from './frozen-event.ts';
export { ListenerBus } from './listener-bus.ts';
export type { ListenerBusSetup } from './listener-bus.ts';
export type { PublishEvent } from './publish-event.ts';
export { StatsReportListener } from './stats-report-listener.ts';
export type { DelayDistribution, StatsReportListenerSetup } from './stats-report-listener.ts';
