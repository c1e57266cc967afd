// A plan as lines for readers: the draws, before the run.
import type { Ending, EventTimePlan, Plan } from './plan.ts';
import { describeProgram } from './program/describe-program.ts';

/** The draws of a plan. */
export function describePlan(plan: Plan): string {
  const { executors, streams, graphs, eventTime, disk, channels, endings } = plan;
  const topology =
    executors === 0
      ? 'one process'
      : `a driver and ${(plan.executorsByLife ?? [executors]).join(', then ')} executors`;
  const lines = [
    `seed      ${plan.seed}`,
    `topology  ${topology}, receivers placed ${plan.policy}`,
    `durable   ${plan.durability}${plan.checkpoints ? ', with checkpoints' : ''}, segments of ${plan.segmentBytes} bytes`,
    `batches   every ${plan.batchIntervalMs} ms, blocks every ${plan.blockIntervalMs} ms, ${plan.concurrentJobs} jobs at once, on failure ${plan.onBatchFailure}`,
    ...streams.map(
      ({ source, stores, mix, ack, callsLate, recordsPerSecond, restartRate, failureRate }) =>
        `stream    ${source}, ${mix ?? stores}, ${recordsPerSecond}/s, restarts ${restartRate}, failures ${failureRate}` +
        `${ack === undefined ? '' : `, acknowledged ${ack}`}${callsLate === true ? ', calls late' : ''}`,
    ),
    `graph     ${['the streams', ...graphs].join(', ')}`,
    ...(eventTime === undefined ? [] : [`events    ${describeEventTime(eventTime)}`]),
    ...(plan.recordErrors === undefined || plan.program !== undefined
      ? []
      : [`fails     for records: ${described({ ...plan.recordErrors })}`]),
    ...(plan.sinks ?? []).map(({ kind, sink = {} }) => `sink      ${kind}: ${described(sink)}`),
    ...(plan.program === undefined ? [] : describeProgram(plan.program)),
    `load      ${plan.loadMs} ms`,
    `disk      ${described(disk)}`,
    `channels  ${described(channels)}`,
    `jobs      fail ${plan.jobFailureRate}`,
    ...describeLater(plan),
    `endings   ${endings.length === 0 ? 'none' : endings.map(describeEnding).join('; ')}`,
  ];
  return lines.join('\n');
}

function describeLater({
  settings,
  damages = [],
  failing = [],
  lasting = [],
  evictions = [],
  outliveMs,
  allocation,
  clockSteps = [],
  lull,
  quietMs,
}: Plan): readonly string[] {
  const steps = clockSteps.map(({ atMs, byMs }) => `by ${byMs} ms at ${atMs}`);
  return [
    ...(settings === undefined ? [] : [`settings  ${described(settings)}`]),
    ...(damages.length === 0
      ? []
      : [`damage    ${damages.map(({ life, what }) => `a ${what} before life ${life}`).join(', ')}`]),
    ...(failing.length === 0
      ? []
      : [
          `once      ${failing.map(({ operation, path, after }) => `${operation} of ${path} fails after ${after}`).join(', ')}`,
        ]),
    ...(lasting.length === 0
      ? []
      : [
          `for good  ${lasting.map(({ life, operation, path, after }) => `${operation} of ${path} is refused in life ${life} after ${after}`).join(', ')}`,
        ]),
    ...(evictions.length === 0 ? [] : [`evicted   after ${evictions.join(', ')} that are there`]),
    ...(outliveMs === undefined ? [] : [`outlive   executors their driver, for ${outliveMs} ms`]),
    ...(allocation === undefined ? [] : [`allocated ${described(allocation)}`]),
    ...(steps.length === 0 ? [] : [`clock     set ${steps.join(', ')}`]),
    ...(lull === undefined ? [] : [`silent    sources from ${lull.fromMs} ms on, for ${lull.forMs} ms`]),
    ...(quietMs === undefined ? [] : [`quiet     ${quietMs} ms at the end`]),
  ];
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
