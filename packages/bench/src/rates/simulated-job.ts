// The system under rate control: a source, a receiver with a rate limit, and a job that processes one batch after the
// other, in virtual time and by arithmetic alone. A batch has a fixed cost and a cost per record; both costs and the
// rate of the source may change. Records beyond the limit wait at the source.
import type { BatchInfo, StreamingEvents } from '@millrace/core';

/** The step of the simulation, in milliseconds. */
const STEP_MS = 10;

/** A world to control. Times in milliseconds since its start. */
export interface SimulatedWorld {
  readonly batchIntervalMs: number;
  readonly durationMs: number;
  /** Records per second offered by the source. */
  readonly sourceRate: (timeMs: number) => number;
  /** The fixed cost of a batch. */
  readonly batchCostMs: (timeMs: number) => number;
  /** The cost of a record. */
  readonly recordCostMs: (timeMs: number) => number;
}

/** The control: receives batch events and limits the receiver. */
export interface SimulatedControl {
  onEvent<K extends 'batch:submitted' | 'batch:started' | 'batch:completed'>(
    event: K,
    value: StreamingEvents[K],
  ): void;
  /** Records per second. */
  readonly recordsPerSecond: number;
}

/** The course of one batch. */
export interface SimulatedBatch {
  readonly batchTime: number;
  readonly recordCount: number;
  startMs?: number;
  endMs?: number;
}

/** The course of a simulation. */
export interface SimulationResult {
  readonly batches: readonly SimulatedBatch[];
  /** The rate limit at the cut of each batch. */
  readonly rates: readonly number[];
  /** The maximum number of received, unprocessed records. */
  readonly peakRecords: number;
}

/** Simulates a world. `control` receives the clock of the simulation. */
export function simulate(
  world: SimulatedWorld,
  makeControl: (now: () => number) => SimulatedControl,
): SimulationResult {
  const { batchIntervalMs, durationMs } = world;
  let nowMs = 0;
  const control = makeControl(() => nowMs);
  const batches: SimulatedBatch[] = [];
  const rates: number[] = [];
  const queue: SimulatedBatch[] = [];
  let running: { readonly batch: SimulatedBatch; readonly untilMs: number } | undefined;
  let [waiting, received, unprocessed, peakRecords] = [0, 0, 0, 0];

  const process = (): void => {
    while (running === undefined ? queue.length > 0 : running.untilMs <= nowMs) {
      if (running !== undefined) {
        const { batch, untilMs } = running;
        batch.endMs = untilMs;
        unprocessed -= batch.recordCount;
        running = undefined;
        control.onEvent('batch:completed', { batch: infoOf(batch) });
        continue;
      }
      const batch = queue.shift() as SimulatedBatch;
      batch.startMs = Math.max(batch.batchTime, lastEnd(batches));
      const at = batch.startMs;
      const costMs = world.batchCostMs(at) + batch.recordCount * world.recordCostMs(at);
      running = { batch, untilMs: batch.startMs + costMs };
      control.onEvent('batch:started', { batch: infoOf(batch) });
    }
  };

  for (; nowMs < durationMs;) {
    waiting += (world.sourceRate(nowMs) * STEP_MS) / 1_000;
    const taken = Math.min(waiting, (control.recordsPerSecond * STEP_MS) / 1_000);
    waiting -= taken;
    received += taken;
    peakRecords = Math.max(peakRecords, unprocessed + received);
    nowMs += STEP_MS;
    process();
    if (nowMs % batchIntervalMs !== 0) continue;
    const batch: SimulatedBatch = { batchTime: nowMs, recordCount: Math.floor(received) };
    received -= batch.recordCount;
    unprocessed += batch.recordCount;
    rates.push(control.recordsPerSecond);
    batches.push(batch);
    queue.push(batch);
    control.onEvent('batch:submitted', { batch: infoOf(batch) });
    process();
  }
  return { batches, rates, peakRecords };
}

function lastEnd(batches: readonly SimulatedBatch[]): number {
  return batches.reduce((last, { endMs = 0 }) => Math.max(last, endMs), 0);
}

/** The batch event as emitted by the engine. */
function infoOf({ batchTime, recordCount, startMs, endMs }: SimulatedBatch): BatchInfo {
  const input = {
    streamId: 0,
    streamName: 'simulated',
    recordCount,
    sizeBytes: 0,
    blockCount: 1,
    metadata: {},
  };
  return {
    batchTime,
    inputs: new Map([[0, input]]),
    recordCount,
    submissionMs: batchTime,
    ...(startMs === undefined ? {} : { processingStartMs: startMs, schedulingDelayMs: startMs - batchTime }),
    ...(startMs === undefined || endMs === undefined
      ? {}
      : {
          processingEndMs: endMs,
          processingDelayMs: endMs - startMs,
          totalDelayMs: endMs - batchTime,
          outcome: 'succeeded' as const,
        }),
    phases: { generatorLagMs: 0, allocateMs: 0, generateMs: 0, queueMs: 0, processMs: 0 },
    outputOperations: [],
    isRerun: false,
  };
}
