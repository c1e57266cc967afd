import { expect, it } from 'vitest';
import { anyBatch, anyReceiver, START_MS, submitted, VirtualEngine } from '../../test/virtual-engine.ts';
import type { ObserverChange } from '../schema/observer-change.ts';

function listened(engine: VirtualEngine) {
  const changes: ObserverChange[] = [];
  const end = engine.observer.subscribe((change) => changes.push(change));
  const of = <K extends ObserverChange['kind']>(kind: K) =>
    changes.filter((change): change is Extract<ObserverChange, { kind: K }> => change.kind === kind);
  return { changes, end, of };
}

it('tells one change a second of batches that are many, with every batch and point', async () => {
  const engine = new VirtualEngine({ intervalMs: 10 });
  engine.start();
  const { of } = listened(engine);
  await engine.runMany(100, () => ({ processMs: 1 }));
  await engine.clock.advance(1_000);
  const told = of('batch');
  expect(told.length).toBeLessThanOrEqual(3);
  expect(told.flatMap(({ batches }) => batches)).toHaveLength(100);
  expect(told.at(-1)?.points.timeMs.at(-1)).toBe(engine.observer.state().timelines.recent.timeMs.at(-1));
});

it('tells a batch at each of its states, with points only for completed ones', async () => {
  const engine = new VirtualEngine();
  const { of } = listened(engine);
  const batch = anyBatch(START_MS);
  engine.observer.onEvent('batch:submitted', { batch: submitted(batch) });
  await engine.clock.advance(250);
  engine.observer.onEvent('batch:completed', { batch });
  await engine.clock.advance(250);
  expect(of('batch').map(({ batches: [told], points }) => [told?.state, points.timeMs])).toEqual([
    ['queued', []],
    ['succeeded', [START_MS]],
  ]);
});

it('tells the newest 200 batches of a burst', async () => {
  const engine = new VirtualEngine();
  const { of } = listened(engine);
  for (let index = 0; index < 250; index += 1) engine.runNow();
  await engine.clock.advance(250);
  const [change] = of('batch');
  expect(change?.batches).toHaveLength(200);
  expect(change?.batches.at(-1)?.batchTime).toBe(engine.nextBatchMs - 1_000);
  expect(change?.points.timeMs).toHaveLength(250);
});

it('tells receivers that changed, once in a change', async () => {
  const engine = new VirtualEngine();
  const { of } = listened(engine);
  engine.observer.onEvent('receiver:starting', { receiver: anyReceiver({ state: 'starting' }) });
  engine.observer.onEvent('receiver:started', { receiver: anyReceiver() });
  engine.observer.onEvent('receiver:rate-changed', {
    rate: { streamId: 0, recordsPerSecond: 5, cause: 'initial' },
  });
  await engine.clock.advance(250);
  expect(of('receiver')).toMatchObject([{ inputs: [{ name: 'orders', state: 'active', rateLimit: 5 }] }]);
});

it('tells a changed finding within 250 ms, and changed words within a second', async () => {
  const engine = new VirtualEngine();
  engine.start();
  await engine.runMany(3);
  const { of } = listened(engine);
  await engine.clock.advance(250);
  expect(of('verdict').map(({ verdict }) => verdict.rule)).toEqual(['keeping-up']);
  engine.observer.onEvent('streaming:failed', { timeMs: 1, error: { name: 'Error', message: 'no' } });
  await engine.clock.advance(250);
  expect(of('verdict').map(({ verdict }) => verdict.rule)).toEqual(['keeping-up', 'engine-failed']);
  await engine.clock.advance(5_000);
  expect(of('verdict').length).toBeLessThanOrEqual(8);
});

it('does not tell the same verdict again', async () => {
  const engine = new VirtualEngine();
  engine.start();
  await engine.runMany(3);
  const { of } = listened(engine);
  await engine.clock.advance(5_000);
  expect(of('verdict')).toHaveLength(1);
});

it('tells all amounts once a second, and at once when the state of the engine changes', async () => {
  const engine = new VirtualEngine({ hasGauges: false });
  const { of } = listened(engine);
  await engine.clock.advance(750);
  expect(of('state')).toHaveLength(0);
  await engine.clock.advance(250);
  expect(of('state')).toHaveLength(1);
  expect(of('state')[0]?.state).not.toHaveProperty('timelines');
  engine.start();
  await engine.clock.advance(250);
  expect(of('state').map(({ state }) => state.state)).toEqual(['initialized', 'active']);
});

it('notices a held batch without any event', async () => {
  const engine = new VirtualEngine();
  engine.start();
  await engine.runMany(3);
  const { of } = listened(engine);
  const batch = anyBatch(engine.nextBatchMs, {
    outputs: [{ failure: { name: 'Error', message: 'refused' } }],
  });
  const [operation] = batch.outputOperations;
  if (operation === undefined) throw new Error('no output');
  engine.observer.onEvent('batch:submitted', { batch: submitted(batch) });
  engine.observer.onEvent('output-operation:completed', { operation });
  engine.read({
    batches: { queued: 1, notMade: 0, held: [batch.batchTime], oldestDelayMs: 0, unallocatedRecords: 0 },
  });
  await engine.clock.advance(1_500);
  expect(of('verdict').at(-1)?.verdict).toMatchObject({
    rule: 'held-batch',
    words:
      'Held: batch 12:00:04 failed in output 0 `output-0`: refused. Fix the cause and call `retryHeldBatch()`.',
  });
  expect(engine.observer.batch(batch.batchTime)?.state).toBe('held');
});

it('goes on after a listener that throws, and after one that ends itself', async () => {
  const engine = new VirtualEngine();
  engine.observer.subscribe(() => {
    throw new Error('broken');
  });
  let calls = 0;
  const endOnce = engine.observer.subscribe(() => {
    calls += 1;
    endOnce();
  });
  const { of } = listened(engine);
  await engine.run();
  await engine.clock.advance(250);
  await engine.run();
  await engine.clock.advance(250);
  expect(of('batch')).toHaveLength(2);
  expect(calls).toBe(1);
});

it('begins anew for a later listener', async () => {
  const engine = new VirtualEngine();
  const first = listened(engine);
  await engine.run();
  first.end();
  await engine.clock.advance(1_000);
  await engine.run();
  const second = listened(engine);
  await engine.clock.advance(250);
  expect(second.of('batch')).toEqual([]);
  expect(second.of('verdict')).toHaveLength(1);
});
