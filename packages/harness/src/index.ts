// The public names of @millrace/harness, listed one by one.

// Running workloads
export { defineConfig } from './run/workload-config.ts';
export type { WorkloadConfig, WorkloadEngine, WorkloadLoad, WorkloadRecord } from './run/workload-config.ts';
export { runWorkload } from './run/run-workload.ts';
export type { RunWorkloadOptions } from './run/run-workload.ts';
export type { WorkloadProgress } from './run/workload-run.ts';
export { reportPage } from './run/report-page.ts';
export type { AskedWorkload, BatchPoint, MomentPoint, WorkloadReport } from './run/workload-report.ts';
export type { Phase, PhaseReport } from './run/phase-recorders.ts';
export type { ProcessCost } from './run/process-meter.ts';

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
