// Runs a workload once: load on an engine, measured, with a comparison of the sent and the processed records.
import { resolveConfig, type WorkloadConfig, type WorkloadRecord } from './workload-config.ts';
import type { WorkloadReport } from './workload-report.ts';
import { type WorkloadProgress, WorkloadRun } from './workload-run.ts';

/** Signals and callbacks of a run. */
export interface RunWorkloadOptions {
  /** Ends the measurement early; the engine still stops gracefully, and a report is made. */
  readonly signal?: AbortSignal;
  /** Called several times a second. */
  readonly onProgress?: (progress: WorkloadProgress) => void;
}

/**
 * Runs a workload once. With threads (`master`) the script of the process runs on each thread too, and the call does not
 * return there.
 *
 * @throws `MR_CONFIG_INVALID_OPTION`, errors of assembling and starting the engine, and the error that stopped the
 * engine.
 */
export async function runWorkload<T = WorkloadRecord>(
  config: WorkloadConfig<T>,
  { signal, onProgress = () => undefined }: RunWorkloadOptions = {},
): Promise<WorkloadReport> {
  const run = new WorkloadRun(resolveConfig(config));
  await run.start();
  try {
    await run.load(signal, onProgress);
  } catch (error) {
    await run.abandon();
    throw error;
  }
  return run.finish(signal?.aborted === true);
}
