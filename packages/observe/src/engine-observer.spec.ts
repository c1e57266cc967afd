import { expect, it } from 'vitest';
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
