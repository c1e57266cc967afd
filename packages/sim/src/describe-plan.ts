// A plan in lines for people: what was drawn, before anything runs.
import type { Ending, EventTimePlan, Plan } from './plan.ts';

/** The draws of a plan. */
export function describePlan(plan: Plan): string {
  const { executors, streams, graphs, eventTime, disk, channels, endings } = plan;
  const topology = executors === 0 ? 'one process' : `a driver and ${executors} executors`;
  const lines = [
    `seed      ${plan.seed}`,
    `topology  ${topology}, receivers placed ${plan.policy}`,
    `durable   ${plan.durability}${plan.checkpoints ? ', with checkpoints' : ''}, segments of ${plan.segmentBytes} bytes`,
    `batches   every ${plan.batchIntervalMs} ms, blocks every ${plan.blockIntervalMs} ms, ${plan.concurrentJobs} jobs at once, on failure ${plan.onBatchFailure}`,
    ...streams.map(
      ({ source, stores, recordsPerSecond, restartRate, failureRate }) =>
        `stream    ${source}, ${stores}, ${recordsPerSecond}/s, restarts ${restartRate}, failures ${failureRate}`,
    ),
    `graph     ${['the streams', ...graphs].join(', ')}`,
    ...(eventTime === undefined ? [] : [`events    ${describeEventTime(eventTime)}`]),
    `load      ${plan.loadMs} ms`,
    `disk      ${described(disk)}`,
    `channels  ${described(channels)}`,
    `jobs      fail ${plan.jobFailureRate}`,
    `endings   ${endings.length === 0 ? 'none' : endings.map(describeEnding).join('; ')}`,
  ];
  return lines.join('\n');
}

function describeEventTime({
  windows,
  allowedLatenessMs,
  sources,
  timestamps,
  partitions,
}: EventTimePlan): string {
  const { kind, ...sizes } = windows;
  const of = sources === 'each' ? 'each stream a source' : 'all streams one source';
  return `${kind} windows (${described({ ...sizes, allowedLatenessMs, ...timestamps, partitions })}), ${of}`;
}

function described(faults: object): string {
  const parts = Object.entries(faults).map(([name, value]) => `${name} ${JSON.stringify(value)}`);
  return parts.length === 0 ? 'without faults' : parts.join(', ');
}

function describeEnding({ part, after, downMs }: Ending): string {
  const when = 'steps' in after ? `${after.steps} steps` : `${after.ms} ms`;
  return `${part} after ${when}, for ${downMs} ms`;
}
