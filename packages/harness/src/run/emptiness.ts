// Reports without figures: too short a run, or a source that sent nothing.
import type { WorkloadReport } from './workload-report.ts';

/** The reason why a report has no figures; undefined for a report with figures. */
export function emptiness(report: WorkloadReport): string | undefined {
  const { asked, batches, measuredMs, throughput } = report;
  const length = `${Math.round(measuredMs)} ms of measurement`;
  if (batches.completed === 0) {
    return (
      `no batch was completed in ${length}, with a batch every ${asked.batchIntervalMs} ms: ` +
      'the measurement needs a longer --duration'
    );
  }
  const isSilent = throughput.processedPerSecond === 0;
  if (isSilent && asked.receivers !== undefined) {
    return `no record of ${asked.receivers.join(', ')} was processed in ${length}: does anybody send to the receiver?`;
  }
  if (isSilent && throughput.intendedPerSecond > 0) {
    return `no record was processed in ${length}: the measurement needs a longer --warm-up or --duration`;
  }
  return undefined;
}
