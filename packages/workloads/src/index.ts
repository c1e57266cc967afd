// The public names of millrace-bench, listed one by one.

// Recording delays
export { LatencyRecorder } from './latency/latency-recorder.ts';
export type { LatencySummary, PercentilePoint } from './latency/latency-recorder.ts';
