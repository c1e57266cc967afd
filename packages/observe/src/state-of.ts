// The state of the engine at one moment, as the plain data of the schema.
import { msUntil } from '@millrace/core';
import type { LogGauges } from '@millrace/core/observation';
import { clusterOf } from './cluster-of.ts';
import type { InputTracker } from './counters/input-tracker.ts';
import type { Observation } from './observation.ts';
import { type EngineState, type ObservedExecutor, SCHEMA_VERSION } from './schema/engine-state.ts';
import type { LiveState } from './schema/observer-change.ts';
import type { Verdict } from './schema/verdict.ts';

/** The moment of an answer for inputs. */
export function windowMoment(observation: Observation): Parameters<InputTracker['toObserved']>[0] {
  const { newestStep, window, clock } = observation;
  return { newestStep, seconds: window.seconds, monotonicMs: clock.monotonicMs() };
}

/** Everything but the timelines. Reads the gauges. */
export function liveStateOf(observation: Observation, verdict: Verdict): LiveState {
  const reading = observation.gauges.read();
  const { counters, gauges, startedMs, failure } = observation;
  const checkpoints = observation.checkpoints.toObserved();
  const logFullInMs = gauges.logRoom()?.fullInMs;
  return {
    schema: SCHEMA_VERSION,
    application: reading?.application ?? '',
    state: observation.state,
    timeMs: observation.clock.now(),
    ...(startedMs === undefined ? {} : { startedMs }),
    batchIntervalMs: observation.interval.ms,
    verdict,
    timeZone: observation.timeZone,
    totals: { ...counters.totals },
    ...(counters.lastCompleted === undefined ? {} : { lastCompletedBatch: counters.lastCompleted }),
    batches: { ...observation.backlog(), held: observation.heldBatches() },
    delays: counters.delays(),
    inputs: observation.inputs.toObserved(windowMoment(observation)),
    outputs: observation.outputs.toObserved(),
    phases: counters.meanPhases(),
    executors: executorsOf(observation),
    driver: driverOf(observation),
    ...clusterOf(observation),
    ...(checkpoints === undefined ? {} : { checkpoints }),
    ...(reading?.log === undefined ? {} : { log: logOf(reading.log) }),
    ...(logFullInMs === undefined ? {} : { logFullInMs }),
    watermarks: liveWatermarks(observation),
    states: statesOf(observation),
    graph: gauges.program(),
    droppedEvents: reading?.droppedEvents ?? 0,
    ...(failure === undefined ? {} : { failure }),
  };
}

/** The whole state; `maxPoints` bounds the newest points of each timeline. */
export function stateOf(observation: Observation, verdict: Verdict, maxPoints?: number): EngineState {
  return { ...liveStateOf(observation, verdict), timelines: observation.timelines.toTimelines(maxPoints) };
}

function executorsOf({ gauges }: Observation): readonly ObservedExecutor[] {
  return (gauges.newest?.executors ?? []).map((executor) => {
    const { executorId, host, cores, runningTasks, completedTasks, receivers, blocks, log, thread } =
      executor;
    return {
      executorId,
      host,
      cores,
      isDriverThread: thread === undefined,
      runningTasks,
      completedTasks,
      receivers: receivers.length,
      blocks: blocks.blocks,
      blockBytes: blocks.bytes,
      maxBlockBytes: blocks.maxBytes,
      ...(log === undefined ? {} : { log: logOf(log) }),
      ...threadOf(thread),
    };
  });
}

function driverOf({ gauges }: Observation): EngineState['driver'] {
  return {
    ...threadOf(gauges.newest?.driver),
    ...(gauges.cores === undefined ? {} : { cores: gauges.cores }),
  };
}

type Thread = NonNullable<ReturnType<Observation['gauges']['read']>>['driver'];

function threadOf(thread: Thread | undefined): Omit<EngineState['driver'], 'cores'> {
  if (thread === undefined) return {};
  const { loopDelay, heapUsedBytes, heapLimitBytes, residentBytes } = thread;
  return { ...(loopDelay === undefined ? {} : { loopDelay }), heapUsedBytes, heapLimitBytes, residentBytes };
}

function logOf(log: LogGauges): LogGauges {
  return { ...log };
}

/** Watermarks by the gauges, or else by the events. */
export function liveWatermarks({ gauges, watermarks, clock }: Observation): EngineState['watermarks'] {
  const readings = gauges.newest?.watermarks ?? watermarks.entries().map(([, watermark]) => watermark);
  return readings.map(({ stream, watermarkMs }) => ({
    stream,
    watermarkMs,
    lagMs: -msUntil(clock, watermarkMs),
  }));
}

/** States by the gauges, or else by the events. */
export function statesOf({ gauges, states }: Observation): EngineState['states'] {
  return gauges.newest?.states ?? states.entries().map(([operator, keys]) => ({ operator, keys }));
}
