// The facts of the verdict out of the memory of an observer.
import type { ObservedStream } from '../counters/observed-stream.ts';
import { hostsOf } from '../cluster-of.ts';
import type { Observation } from '../observation.ts';
import type { HeldBatch, InputFacts, RecentRecords, VerdictFacts } from './verdict-facts.ts';

/** The facts now. Reads the gauges. */
export function factsOf(observation: Observation): VerdictFacts {
  const reading = observation.gauges.read();
  const { counters, checkpoints, clock, failure, gauges, window } = observation;
  const monotonicMs = clock.monotonicMs();
  const unfinished = observation.batches.unfinished();
  const observedCheckpoints = checkpoints.toObserved();
  const oldest = unfinished[0]?.batchTime;
  const executors =
    reading?.executors.map(({ executorId, host, cores }) => ({ executorId, host, cores })) ?? [];
  return {
    timeMs: clock.now(),
    timeZone: observation.timeZone,
    state: observation.state,
    batchIntervalMs: observation.interval.ms,
    totalBatches: counters.totals.batches,
    totalRecords: counters.totals.records,
    held: observation.heldBatches().map((batchTime) => heldBatch(observation, batchTime)),
    inputs: inputsOf(observation, monotonicMs),
    steps: window.steps,
    outputs: observation.outputs.toObserved(),
    phases: counters.meanPhases(),
    queued: reading?.batches.queued ?? unfinished.length,
    sinceCompletedMs: observation.sinceCompletedMs,
    checkpointFailuresInARow: observedCheckpoints?.failuresInARow ?? 0,
    executors,
    recent: recentOf(observation, monotonicMs),
    recentDroppedEvents: gauges.recentDropped(monotonicMs),
    ...known('failure', failure),
    ...known('oldestUnfinished', oldest),
    ...known('checkpointAgeMs', checkpoints.ageMs(monotonicMs)),
    ...known('checkpointUsualMs', checkpoints.usualMs),
    ...known('checkpointError', observedCheckpoints?.lastError),
    ...known('logRoom', gauges.logRoom()),
    ...known('loopDelayMs', gauges.loopDelayMs),
    ...known('cores', gauges.cores),
    ...known('executorLoss', lossOf(observation, executors.length, monotonicMs)),
    ...known('lease', reading?.lease),
    ...known('hostLoss', hostLossOf(observation, monotonicMs)),
  };
}

function heldBatch(observation: Observation, batchTime: number): HeldBatch {
  const failed = observation.batches
    .get(batchTime)
    ?.toObserved(true)
    .outputs.find(({ error }) => error !== undefined);
  if (failed?.error === undefined) return { batchTime };
  return { batchTime, output: { id: failed.id, name: failed.name, message: failed.error.message } };
}

function inputsOf({ inputs, newestStep, window }: Observation, monotonicMs: number): readonly InputFacts[] {
  const { seconds } = window;
  return inputs.all().map((stream) => inputOf(stream, { newestStep, seconds, monotonicMs }));
}

function inputOf(
  stream: ObservedStream,
  moment: { readonly newestStep: number; readonly seconds: number; readonly monotonicMs: number },
): InputFacts {
  const { newestStep, seconds, monotonicMs } = moment;
  const { name, isReceiver, state, rate, inactiveSinceMs, activeSinceMs } = stream;
  const records = stream.recentRecords(newestStep);
  return {
    name,
    isReceiver,
    state,
    recentRestarts: stream.recentRestarts(monotonicMs),
    records,
    recordsPerSecond: seconds === 0 ? 0 : records / seconds,
    ...(stream.endedByError ? { endedByError: true } : {}),
    ...known('inactiveForMs', inactiveSinceMs === undefined ? undefined : monotonicMs - inactiveSinceMs),
    ...known('activeForMs', activeSinceMs === undefined ? undefined : monotonicMs - activeSinceMs),
    ...known('lastError', stream.lastError?.message),
    ...known('rateLimit', rate?.recordsPerSecond),
    ...known('rateLimitCause', rate?.cause),
    ...known('lagGrowth', stream.lagGrowth),
  };
}

function recentOf({ recent }: Observation, monotonicMs: number): RecentRecords {
  return {
    records: recent.records.sum(monotonicMs),
    leftOut: recent.leftOut.sum(monotonicMs),
    failed: recent.failed.sum(monotonicMs),
    deadLetters: recent.deadLetters.sum(monotonicMs),
    late: recent.late.sum(monotonicMs),
    ahead: recent.ahead.sum(monotonicMs),
    ...known('lastFailure', recent.lastFailure),
    ...known('lastLeftOut', recent.lastLeftOut),
  };
}

function lossOf(
  { losses }: Observation,
  executorCount: number,
  monotonicMs: number,
): VerdictFacts['executorLoss'] {
  const { newest, count } = losses;
  if (newest === undefined) return undefined;
  const { executorId, host, reason } = newest;
  const agoMs = monotonicMs - newest.monotonicMs;
  return { executorId, host, reason, agoMs, executorCount: count ?? executorCount };
}

function hostLossOf(observation: Observation, monotonicMs: number): VerdictFacts['hostLoss'] {
  const hosts = hostsOf(observation);
  if (hosts === undefined) return undefined;
  const alive = new Set(hosts.filter(({ state }) => state === 'alive').map(({ name }) => name));
  const newest = observation.lostHosts.all().findLast(({ host }) => !alive.has(host));
  if (newest === undefined) return undefined;
  const { host, reason } = newest;
  return { host, reason, agoMs: monotonicMs - newest.monotonicMs, hostCount: alive.size };
}

/** A field for a known value. */
function known<K extends string, V>(name: K, value: V | undefined): { readonly [name in K]?: V } {
  return value === undefined ? {} : ({ [name]: value } as { readonly [name in K]?: V });
}
