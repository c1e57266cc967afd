// Every rule is reached by events and gauges, not only by facts that are made by hand.
import { expect, it } from 'vitest';
import {
  anyExecutorReading,
  anyReading,
  anyReceiver,
  START_MS,
  VirtualEngine,
} from '../../test/virtual-engine.ts';

const LOG = { sizeBytes: 1, segments: 1, syncs: 1, errors: 0 };
const ERROR = { name: 'Error', message: 'no space left' };

/** An active engine after 20 good batches. */
async function activeEngine(): Promise<VirtualEngine> {
  const engine = new VirtualEngine();
  engine.start();
  await engine.runMany(20);
  return engine;
}

const rulesOf = ({ observer }: VirtualEngine): readonly string[] => {
  const { rule, others } = observer.verdict();
  return [rule, ...others.map((other) => other.rule)];
};

it('log-full, log-full-soon: by the room of logs', async () => {
  const engine = await activeEngine();
  for (let second = 0; second < 90; second += 1) {
    engine.read({ log: { ...LOG, roomBytes: 1e9 - 1e6 * second } });
    await engine.run();
  }
  expect(engine.observer.verdict().words).toBe("The log's disk is full in 15 min.");
  expect(engine.observer.state().logFullInMs).toBeCloseTo(910_000, -4);
  engine.read({ log: { ...LOG, roomBytes: 0 } });
  await engine.run();
  expect(rulesOf(engine)).toEqual(['log-full']);
});

it('driver-late: by the loop delay of most of the newest readings', async () => {
  const engine = await activeEngine();
  const late = (p95Ms: number) =>
    engine.read({ driver: { ...anyReading().driver, loopDelay: { p50Ms: 1, p95Ms, maxMs: 900 } } });
  late(300);
  await engine.runMany(1);
  late(2);
  await engine.runMany(10);
  expect(rulesOf(engine)).toEqual(['keeping-up']);
  late(300);
  await engine.runMany(6);
  expect(engine.observer.verdict().words).toBe(
    'The driver is late by 300 ms (p95): something blocks its thread.',
  );
  late(2);
  await engine.runMany(6);
  expect(rulesOf(engine)).toEqual(['keeping-up']);
});

it('limited: by rate limits and lag', async () => {
  const engine = await activeEngine();
  engine.observer.onEvent('receiver:started', { receiver: anyReceiver() });
  engine.observer.onEvent('receiver:rate-changed', {
    rate: { streamId: 0, recordsPerSecond: 10, cause: 'estimate' },
  });
  const waiting = {
    streamId: 0,
    waitingRecords: 0,
    waitingBlocks: 0,
    waitingBytes: 0,
    unacknowledgedRecords: 0,
  };
  for (let second = 0; second < 30; second += 1) {
    const receivers = [{ ...waiting, lagRecords: 5 * second }];
    engine.read({
      receivers: [{ ...anyReceiver(), records: 0, blocks: 0 }],
      executors: [anyExecutorReading({ receivers })],
    });
    await engine.run();
  }
  expect(engine.observer.verdict()).toMatchObject({
    level: 'limited',
    words: 'Keeping up because back-pressure holds `orders` at 10 records/s; its lag grows by 5/s.',
  });
});

it('checkpoint-failing, checkpoint-old: by the events of checkpoints', async () => {
  const engine = await activeEngine();
  const checkpoint = { batchTime: START_MS, durationMs: 1, sizeBytes: 1, parts: 0 };
  engine.observer.onEvent('checkpoint:completed', { checkpoint });
  await engine.runMany(50);
  expect(rulesOf(engine)).toEqual(['keeping-up']);
  await engine.runMany(20);
  expect(engine.observer.verdict().words).toBe('The last checkpoint is 70 s old.');
  engine.observer.onEvent('checkpoint:failed', { checkpoint: { ...checkpoint, failures: 2, error: ERROR } });
  await engine.run();
  expect(rulesOf(engine)).toEqual(['checkpoint-failing', 'checkpoint-old']);
  engine.observer.onEvent('checkpoint:completed', { checkpoint });
  await engine.run();
  expect(rulesOf(engine)).toEqual(['keeping-up']);
});

it('executor-lost: by the event, not for a retired executor', async () => {
  const engine = await activeEngine();
  const executor = {
    executorId: 'e2',
    host: 'h',
    cores: 1,
    timeMs: 1,
    executorCount: 1,
    reason: 'no heartbeat',
  };
  engine.observer.onEvent('executor:lost', { executor: { ...executor, isRetired: true } });
  await engine.run();
  expect(rulesOf(engine)).toEqual(['keeping-up']);
  engine.observer.onEvent('executor:lost', { executor });
  engine.observer.onEvent('executor:added', {
    executor: { ...executor, executorId: 'e3', executorCount: 2 },
  });
  await engine.run();
  expect(engine.observer.verdict().words).toBe(
    'Executor `e2` on `h` was lost 1 s ago: no heartbeat. 2 executors run.',
  );
  await engine.runMany(300);
  expect(rulesOf(engine)).toEqual(['keeping-up']);
});

it('records-left-out, late-records, events-dropped: for two minutes', async () => {
  const engine = await activeEngine();
  engine.observer.onEvent('records:left-out', {
    leftOut: {
      streamId: 0,
      name: 'orders',
      recordCount: 2,
      totalCount: 2,
      reason: 'a function',
      record: 'x',
    },
  });
  engine.observer.onEvent('records:late', { late: { batchTime: 1, stream: 's', recordCount: 30 } });
  engine.read({ droppedEvents: 5 });
  await engine.runMany(2);
  expect(rulesOf(engine)).toEqual(['records-left-out', 'late-records', 'events-dropped']);
  expect(engine.observer.state().inputs[0]).toMatchObject({ leftOutRecords: 2 });
  await engine.runMany(130);
  expect(rulesOf(engine)).toEqual(['keeping-up']);
});

it('spare-executors: by the readings of executors, behind the title', async () => {
  const engine = await activeEngine();
  engine.read({
    executors: ['a', 'b', 'c'].map((executorId) => anyExecutorReading({ executorId })),
  });
  await engine.runMany(20, () => ({ processMs: 100 }));
  expect(rulesOf(engine)).toEqual(['keeping-up', 'spare-executors']);
  expect(engine.observer.verdict().level).toBe('good');
});

it('falling-behind: when no batch is completed any more', async () => {
  const engine = await activeEngine();
  engine.read({ batches: { ...anyReading().batches, queued: 3 } });
  await engine.clock.advance(10_000);
  expect(rulesOf(engine)).toEqual(['keeping-up']);
  await engine.clock.advance(1_000);
  expect(engine.observer.verdict().words).toContain(
    'no batch was completed for 11 s, 3 batches are unfinished',
  );
});

it('receiver-not-running: at once after the third restart, and until 10 s after the last', async () => {
  const engine = await activeEngine();
  for (let restarts = 1; restarts <= 3; restarts += 1) {
    const receiver = anyReceiver({
      state: 'restarting',
      restarts,
      lastErrorMessage: 'refused',
      lastErrorMs: restarts,
    });
    engine.observer.onEvent('receiver:restarting', {
      receiver,
      restart: { restartsInARow: restarts, delayMs: 100, message: 'refused' },
    });
    await engine.run();
  }
  expect(engine.observer.verdict().words).toBe(
    'Receiver `orders` is not running (3 restarts in 2 min): refused.',
  );
  engine.observer.onEvent('receiver:started', { receiver: anyReceiver({ restarts: 3 }) });
  await engine.runMany(9);
  expect(rulesOf(engine)).toEqual(['receiver-not-running']);
  await engine.runMany(2);
  expect(rulesOf(engine)).toEqual(['keeping-up']);
});
