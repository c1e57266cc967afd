// The public names of millrace-bench, listed one by one.

// Recording delays
export { LatencyRecorder } from './latency/latency-recorder.ts';
export type { LatencySummary, PercentilePoint } from './latency/latency-recorder.ts';

// Load with intended send times
export { OpenLoopSource, wallMs } from './load/open-loop-source.ts';
export type { OpenLoopOptions } from './load/open-loop-source.ts';
export { LoadSchedule } from './load/load-schedule.ts';
export type { BurstShape, LoadShape } from './load/load-schedule.ts';
export { KeyChooser } from './load/key-chooser.ts';
export type { KeyShape } from './load/key-chooser.ts';
