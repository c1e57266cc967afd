// The processor time of an observer for one batch with all its events: submitted, started, three outputs, completed. The
// clock moves by 10 ms with each batch, so the verdict is judged with every 25th batch and gauges are read with every 100th.
import { ManualClock, type BatchInfo, type StreamInputInfo } from '@millrace/core';
import type { EngineReading } from '@millrace/core/observation';
import { EngineObserver } from '@millrace/observe';
import { median } from '../runner/statistics.ts';
import type { BenchProbe, BenchSuite, BenchWorkload } from '../runner/suite.ts';

const INTERVAL_MS = 10;
const OUTPUTS = 3;
const TIME = 'time';
const OBSERVER = 'observer';
/** At 100 batches a second, half a percent of a core. */
const BUDGET_US = 50;

/** The suite `observer`. */
export const observerSuite: BenchSuite = {
  name: 'observer',
  purpose: 'time of an observer for all events of a batch',
  unit: 'batches',
  contenders: 1,
  metrics: [{ name: TIME, unit: 'µs', better: 'less' }],
  roundsAtMost: 5,
  workloads: [benchWorkload(10), benchWorkload(100)],
};

function benchWorkload(streams: number): BenchWorkload {
  return {
    name: `${streams} streams, ${OUTPUTS} outputs`,
    makeCases: () => [probeOf(streams)],
    budgets: streams === 10 ? [{ contender: OBSERVER, metric: TIME, atMost: BUDGET_US }] : [],
  };
}

/** A clock whose time is set by the bench. */
class SetClock extends ManualClock {
  timeMs = 0;

  override now(): number {
    return this.timeMs;
  }

  override monotonicMs(): number {
    return this.timeMs;
  }
}

/** The median of ten repetitions, after a warm-up: processor time of the process for each batch. */
function probeOf(streams: number): BenchProbe {
  const clock = new SetClock();
  const observer = new EngineObserver({
    clock,
    gauges: { read: () => readingOf(clock.timeMs), program: () => [] },
  });
  const inputs = new Map(Array.from({ length: streams }, (_, streamId) => [streamId, inputOf(streamId)]));
  return {
    name: OBSERVER,
    measure: async ({ isQuick }) => {
      const batches = isQuick ? 100 : 5_000;
      const times: number[] = [];
      for (let count = isQuick ? 0 : -3; count < (isQuick ? 1 : 10); count += 1) {
        const from = process.cpuUsage();
        for (let batch = 0; batch < batches; batch += 1) {
          clock.timeMs += INTERVAL_MS;
          publish(observer, clock.timeMs, inputs);
        }
        const { user, system } = process.cpuUsage(from);
        if (count >= 0) times.push((user + system) / batches);
      }
      return { [TIME]: median(times) };
    },
    close: async () => {},
  };
}

function inputOf(streamId: number): StreamInputInfo {
  const streamName = `stream-${streamId}`;
  return { streamId, streamName, recordCount: 100, sizeBytes: 10_000, blockCount: 1, metadata: {} };
}

function readingOf(timeMs: number): EngineReading {
  return {
    application: 'bench',
    state: 'active',
    timeMs,
    batchIntervalMs: INTERVAL_MS,
    receivers: [],
    batches: { queued: 1, notMade: 0, held: [], oldestDelayMs: 0, unallocatedRecords: 0 },
    executors: [],
    driver: { heapUsedBytes: 1, heapLimitBytes: 2, residentBytes: 3, cpuMs: timeMs },
    states: [],
    watermarks: [],
    droppedEvents: 0,
  };
}

/** The events of one batch, in the order of an engine. */
function publish(observer: EngineObserver, batchTime: number, inputs: BatchInfo['inputs']): void {
  const submitted: BatchInfo = {
    batchTime,
    inputs,
    recordCount: 100 * inputs.size,
    submissionMs: batchTime,
    phases: { generatorLagMs: 0.1, allocateMs: 0.1, generateMs: 0.1, queueMs: 0, processMs: 0 },
    outputOperations: [0, 1, 2].map((id) => ({ batchTime, id, name: OUTPUT_NAMES[id] ?? '', attempts: 0 })),
    isRerun: false,
  };
  observer.onEvent('batch:submitted', { batch: submitted });
  const started = { ...submitted, processingStartMs: batchTime, schedulingDelayMs: 0.1 };
  observer.onEvent('batch:started', { batch: started });
  const ended = submitted.outputOperations.map((operation) => {
    const begun = { ...operation, startMs: batchTime };
    observer.onEvent('output-operation:started', { operation: begun });
    const done = { ...begun, endMs: batchTime + 1, attempts: 1 };
    observer.onEvent('output-operation:completed', { operation: done });
    return done;
  });
  const batch: BatchInfo = {
    ...started,
    processingEndMs: batchTime + 3,
    processingDelayMs: 3,
    totalDelayMs: 3.4,
    phases: { ...submitted.phases, processMs: 3 },
    outputOperations: ended,
    outcome: 'succeeded',
  };
  observer.onEvent('batch:completed', { batch });
}

const OUTPUT_NAMES = ['write', 'print', 'count'];
