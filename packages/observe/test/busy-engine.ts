// An engine that has a value for every metric, with names that are hard to write down.
import {
  anyExecutorReading,
  anyInput,
  anyReading,
  anyReceiver,
  START_MS,
  VirtualEngine,
} from './virtual-engine.ts';

/** A name with everything that a text format has to escape. */
export const HARD_NAME = 'a "quoted" \\ <b>näme</b> 😀';

/** Runs the engine for ten batches. */
export async function busyEngine(): Promise<VirtualEngine> {
  const engine = new VirtualEngine();
  const { observer } = engine;
  const log = {
    kind: 'jetstream',
    unconfirmed: { entries: 3, bytes: 400, oldestMs: 1_500 },
    followers: { count: 2, behind: 1, lag: 9, ageMs: 200 },
    sizeBytes: 1_000,
    segments: 1,
    syncs: 7,
    errors: 1,
    syncMs: { p50: 1, p99: 20, max: 30 },
    roomBytes: 5_000,
  };
  const loopDelay = { p50Ms: 1, p95Ms: 2, maxMs: 3 };
  const thread = { heapUsedBytes: 10, heapLimitBytes: 100, residentBytes: 200, cpuMs: 5, loopDelay };
  const waiting = {
    streamId: 0,
    waitingRecords: 5,
    waitingBlocks: 1,
    waitingBytes: 50,
    unacknowledgedRecords: 3,
    lagRecords: 40,
    redeliveredRecords: 2,
    droppedRecords: 1,
  };
  engine.read({
    ...anyReading({ timeMs: START_MS }),
    batches: { queued: 2, notMade: 1, held: [], oldestDelayMs: 1_500, unallocatedRecords: 9 },
    receivers: [{ ...anyReceiver({ name: HARD_NAME, restarts: 2 }), records: 1, blocks: 1 }],
    executors: [anyExecutorReading({ log, thread, receivers: [waiting] })],
    log,
    driver: thread,
    states: [{ operator: 'visits', keys: 12, sizeBytes: 300 }],
    watermarks: [{ stream: 'clicks', batchTime: START_MS, watermarkMs: START_MS }],
    droppedEvents: 4,
    lease: { state: 'in-charge', sinceMs: START_MS, epoch: 2, isCertain: true },
    spansHosts: true,
  });
  engine.start();
  const receiver = anyReceiver({ name: HARD_NAME, restarts: 2 });
  observer.onEvent('receiver:error', { receiver });
  observer.onEvent('receiver:rate-changed', {
    rate: { streamId: 0, recordsPerSecond: 500, cause: 'estimate' },
  });
  observer.onEvent('records:left-out', {
    leftOut: { streamId: 0, name: HARD_NAME, recordCount: 6, totalCount: 6, reason: 'r', record: 'x' },
  });
  observer.onEvent('records:late', { late: { batchTime: START_MS, stream: 'clicks', recordCount: 8 } });
  observer.onEvent('records:ahead', { ahead: { batchTime: START_MS, stream: 'clicks', recordCount: 1 } });
  observer.onEvent('checkpoint:completed', {
    checkpoint: { batchTime: START_MS, durationMs: 12, sizeBytes: 345, parts: 1 },
  });
  observer.onEvent('batch-times:adjusted', {
    adjustment: { kind: 'skipped', batchTime: START_MS, differenceMs: 5_000, batchCount: 5 },
  });
  const inputs = [anyInput({ streamName: HARD_NAME })];
  await engine.runMany(9, () => ({ inputs, outputs: [{ name: HARD_NAME, attempts: 2 }] }));
  await engine.run({
    inputs,
    outcome: 'skipped',
    recordErrors: 2,
    deadLetters: 1,
    outputs: [{ name: HARD_NAME, failure: { name: 'Error', message: 'no' } }],
  });
  return engine;
}
