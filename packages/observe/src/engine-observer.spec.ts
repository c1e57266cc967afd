import { isMillraceError, messageOf } from '@millrace/core';
import { expect, it } from 'vitest';
import { busyEngine, HARD_NAME } from '../test/busy-engine.ts';
import { anyBatch, anyReceiver, START_MS, submitted, VirtualEngine } from '../test/virtual-engine.ts';

it('answers before the start', () => {
  const { observer } = new VirtualEngine({ hasGauges: false });
  expect(observer.verdict()).toMatchObject({ rule: 'keeping-up', level: 'good', words: 'Not started yet.' });
  expect(observer.state()).toMatchObject({ schema: 1, state: 'initialized', totals: { batches: 0 } });
  expect(observer.batches()).toEqual({ schema: 1, batches: [], hasMore: false });
  expect(observer.health().ok).toBe(false);
});

it('tells state, batches and verdict of a healthy engine', async () => {
  const engine = new VirtualEngine();
  engine.start();
  await engine.runMany(30);
  const state = engine.observer.state();
  expect(state).toMatchObject({
    application: 'test',
    state: 'active',
    startedMs: START_MS,
    batchIntervalMs: 1_000,
    timeZone: 'UTC',
    totals: { batches: 30, records: 300, bytes: 3_000 },
    delays: { processing: { p50: 300, max: 300 } },
    inputs: [{ streamId: 0, name: 'orders', recordsPerSecond: 10, bytesPerSecond: 100, records: 300 }],
    outputs: [{ id: 0, name: 'write', share: 1 }],
    phases: { processMs: 300 },
  });
  expect(state.verdict.words).toBe('Keeping up: batches take 30 % of their interval; a record waits 0.8 s.');
  expect(state.timelines.recent.timeMs).toHaveLength(30);
  expect(state.timelines.recent.inputs).toMatchObject([{ name: 'orders' }]);
  expect(engine.observer.batches({ limit: 2 })).toMatchObject({
    batches: [{ batchTime: START_MS + 30_000 }, { batchTime: START_MS + 29_000 }],
    hasMore: true,
  });
  expect(engine.observer.readiness()).toMatchObject({ ok: true });
});

it('holds each state of a batch', () => {
  const { observer } = new VirtualEngine({ hasGauges: false });
  const batch = anyBatch(START_MS, { recordErrors: 2 });
  const stateOf = () => observer.batch(START_MS)?.state;
  expect(stateOf()).toBe(undefined);
  observer.onEvent('batch:submitted', { batch: submitted(batch) });
  expect(stateOf()).toBe('queued');
  observer.onEvent('batch:started', { batch: { ...submitted(batch), processingStartMs: START_MS } });
  expect(stateOf()).toBe('running');
  observer.onEvent('batch:completed', { batch });
  expect(observer.batch(START_MS)).toMatchObject({ state: 'succeeded', recordErrors: 2, recordCount: 10 });
});

it('tells subscribers of changes, several in one, and needs a timer only for them', async () => {
  const engine = new VirtualEngine();
  engine.start();
  expect(engine.clock.pendingTimers).toBe(0);
  const changes: unknown[] = [];
  const end = engine.observer.subscribe((change) => changes.push(change));
  await engine.run();
  engine.observer.onEvent('receiver:started', { receiver: anyReceiver() });
  await engine.clock.advance(250);
  expect(changes).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ kind: 'batch', batches: [expect.objectContaining({ state: 'succeeded' })] }),
      expect.objectContaining({ kind: 'receiver', inputs: [expect.objectContaining({ name: 'orders' })] }),
      expect.objectContaining({ kind: 'verdict' }),
      expect.objectContaining({ kind: 'state' }),
    ]),
  );
  end();
  changes.length = 0;
  await engine.run();
  await engine.clock.advance(10_000);
  expect(changes).toEqual([]);
  expect(engine.clock.pendingTimers).toBe(0);
});

it('writes metrics', async () => {
  const engine = new VirtualEngine();
  await engine.runMany(3);
  expect(engine.observer.prometheus()).toContain('millrace_stream_records_total{stream="orders"} 30');
});

it('finds a held batch and its retry without gauges', async () => {
  const engine = new VirtualEngine({ hasGauges: false });
  engine.start();
  await engine.runMany(2);
  const batch = anyBatch(engine.nextBatchMs, {
    outputs: [{ failure: { name: 'Error', message: 'refused' } }],
  });
  const [operation] = batch.outputOperations;
  if (operation === undefined) throw new Error('no output');
  await engine.clock.advance((operation.endMs ?? 0) - engine.clock.now());
  engine.observer.onEvent('batch:submitted', { batch: submitted(batch) });
  engine.observer.onEvent('output-operation:completed', { operation });
  // The completion of a skipped batch would follow at once.
  expect(engine.observer.verdict().rule).toBe('keeping-up');
  await engine.clock.advance(1_000);
  expect(engine.observer.verdict().rule).toBe('held-batch');
  expect(engine.observer.state().batches).toMatchObject({ queued: 1, held: [batch.batchTime] });
  engine.observer.onEvent('output-operation:started', { operation });
  await engine.clock.advance(250);
  expect(engine.observer.verdict().rule).toBe('keeping-up');
  expect(engine.observer.batch(batch.batchTime)?.state).toBe('queued');
});

it('does not count attempts twice when a held batch runs again', () => {
  const { observer } = new VirtualEngine({ hasGauges: false });
  const batch = anyBatch(START_MS, { outputs: [{ attempts: 3, failure: { name: 'Error', message: 'no' } }] });
  const [failed] = batch.outputOperations;
  if (failed === undefined) throw new Error('no output');
  const { failure: _, ...succeeded } = failed;
  observer.onEvent('batch:submitted', { batch: submitted(batch) });
  observer.onEvent('output-operation:completed', { operation: failed });
  observer.onEvent('output-operation:started', { operation: failed });
  observer.onEvent('output-operation:completed', { operation: { ...succeeded, attempts: 4 } });
  observer.onEvent('batch:completed', {
    batch: { ...batch, outputOperations: [{ ...succeeded, attempts: 4 }] },
  });
  expect(observer.state().outputs[0]).toMatchObject({ retries: 3, failures: 1 });
});

it('tells the amounts of the gauges', async () => {
  const { observer, clock } = await busyEngine();
  const state = observer.state();
  expect(state).toMatchObject({
    batches: { queued: 2, notMade: 1, held: [], oldestDelayMs: 1_500, unallocatedRecords: 9 },
    totals: {
      batches: 10,
      failedBatches: 1,
      leftOutRecords: 6,
      lateRecords: 8,
      aheadRecords: 1,
      recordErrors: 2,
      deadLetters: 1,
      skippedBatches: 5,
    },
    inputs: [
      { name: HARD_NAME, lagRecords: 40, redeliveredRecords: 2, droppedRecords: 1, errors: 1, restarts: 2 },
    ],
    executors: [{ executorId: 'executor-1', isDriverThread: false, receivers: 1, blockBytes: 10 }],
    driver: { heapUsedBytes: 10, cores: 0 },
    checkpoints: { lastBatchTime: START_MS, durationMs: 12, completed: 1, failures: 0 },
    watermarks: [{ stream: 'clicks', watermarkMs: START_MS, lagMs: clock.now() - START_MS }],
    states: [{ operator: 'visits', keys: 12, sizeBytes: 300 }],
    droppedEvents: 4,
  });
  expect(JSON.parse(JSON.stringify(state))).toEqual(state);
});

it('has several findings at once, the worst in front', async () => {
  const engine = new VirtualEngine();
  engine.start();
  await engine.runMany(20, (index) => ({ processMs: 1_300, waitMs: 300 * index, recordErrors: 1 }));
  engine.observer.onEvent('records:failed', {
    failed: {
      batchTime: 1,
      stream: 's',
      operator: 'map',
      recordCount: 5,
      deadLetters: 0,
      record: 'r',
      reason: 'bad',
    },
  });
  engine.observer.onEvent('executor:lost', {
    executor: { executorId: 'e', host: 'h', cores: 1, timeMs: 1, executorCount: 1, reason: 'crash' },
  });
  await engine.clock.advance(300);
  const { rule, level, others } = engine.observer.verdict();
  expect([rule, level, others.map((other) => other.rule)]).toEqual([
    'falling-behind',
    'behind',
    ['executor-lost', 'record-errors'],
  ]);
});

it('says since when a finding holds without a break', async () => {
  const engine = new VirtualEngine();
  engine.start();
  await engine.runMany(40, (index) => ({ processMs: 1_300, waitMs: 300 * index }));
  const { sinceMs, words } = engine.observer.verdict();
  expect(sinceMs).toBe(START_MS + 6_000);
  expect(words).toContain('Falling behind since 12:00');
});

it('refuses wrong options', () => {
  const wrong = (options: object): unknown => {
    try {
      return new VirtualEngine({ options });
    } catch (error) {
      return isMillraceError(error, 'MR_CONFIG_INVALID_OPTION') ? messageOf(error) : error;
    }
  };
  expect(wrong({ buckets: [] })).toContain('buckets');
  expect(wrong({ buckets: [1, 1] })).toContain('1 to 50 growing numbers above 0');
  expect(wrong({ buckets: [0, 1] })).toContain('buckets');
  expect(wrong({ timeZone: 'Nowhere/Land' })).toContain('timeZone');
  expect(wrong({ minReceivers: -1 })).toContain('minReceivers');
  expect(wrong({ readyBehindMs: 0.5 })).toContain('readyBehindMs');
  expect(wrong({ bucket: [1] })).toContain('buckets');
});

it('ignores unknown events', () => {
  const { observer } = new VirtualEngine();
  expect(() => observer.onEvent('new:event' as never, {} as never)).not.toThrow();
});
