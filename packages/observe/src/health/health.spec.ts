import { expect, it } from 'vitest';
import { anyReading, anyReceiver, VirtualEngine } from '../../test/virtual-engine.ts';
import { type HealthFacts, healthOf, readinessOf } from './health.ts';

function anyHealth(differences: Partial<HealthFacts> = {}): HealthFacts {
  return {
    state: 'active',
    hasFailed: false,
    receivers: [{ state: 'active' }],
    heldBatches: 0,
    ...differences,
  };
}

const options = { readyBehindMs: 60_000 };
const failing = (facts: Partial<HealthFacts>, minReceivers?: number): readonly string[] =>
  readinessOf(anyHealth(facts), minReceivers === undefined ? options : { ...options, minReceivers })
    .checks.filter(({ ok }) => !ok)
    .map(({ words }) => words);

it.each([
  ['initialized', false, false],
  ['standby', false, true],
  ['starting', false, true],
  ['active', false, true],
  ['stopping', false, true],
  ['stopping', true, false],
  ['stopped', false, false],
] as const)('is healthy %s (failed: %s): %s', (state, hasFailed, ok) => {
  expect(healthOf(anyHealth({ state, hasFailed })).ok).toBe(ok);
});

it('is ready with all checks in words', () => {
  expect(readinessOf(anyHealth(), options)).toEqual({
    ok: true,
    checks: [
      { name: 'active', ok: true, words: 'The context is active.' },
      { name: 'receivers', ok: true, words: '1 of 1 receiver active.' },
      { name: 'held', ok: true, words: '0 batches are held.' },
      { name: 'behind', ok: true, words: 'The engine keeps up.' },
    ],
  });
});

it('is not ready before and after the active state', () => {
  expect(failing({ state: 'standby' })).toEqual(['The context is standing by.']);
  expect(failing({ state: 'starting' })).toEqual(['The context is starting.']);
  expect(failing({ state: 'stopping' })).toEqual(['The context is stopping.']);
});

it('needs every receiver that has not ended, or a number of them', () => {
  const receivers = [{ state: 'active' }, { state: 'restarting' }, { state: 'stopped' }];
  expect(failing({ receivers })).toEqual(['1 of 2 receivers active.']);
  expect(failing({ receivers }, 1)).toEqual([]);
  expect(failing({ receivers }, 2)).toEqual(['1 of 2 receivers active.']);
  expect(failing({ receivers: [] })).toEqual([]);
  expect(failing({ receivers: [] }, 1)).toEqual(['0 of 1 receiver active.']);
});

it('is not ready with a held batch', () => {
  expect(failing({ heldBatches: 1 })).toEqual(['1 batch is held.']);
});

it('is not ready when behind for longer than allowed', () => {
  expect(failing({ behindForMs: 60_000 })).toEqual([]);
  expect(failing({ behindForMs: 60_001 })).toEqual([
    'The engine has been falling behind for 60 s; 60 s are allowed.',
  ]);
});

it('follows the engine', async () => {
  const engine = new VirtualEngine({ options: { readyBehindMs: 20_000 } });
  engine.start();
  await engine.runMany(10);
  const problems = () =>
    engine.observer
      .readiness()
      .checks.filter(({ ok }) => !ok)
      .map(({ name }) => name);
  expect(problems()).toEqual([]);

  engine.observer.onEvent('receiver:restarting', {
    receiver: anyReceiver({ state: 'restarting', restarts: 1 }),
    restart: { restartsInARow: 1, delayMs: 100, message: 'no' },
  });
  expect(problems()).toEqual(['receivers']);
  engine.observer.onEvent('receiver:started', { receiver: anyReceiver({ restarts: 1 }) });

  await engine.runMany(25, (index) => ({ processMs: 2_000, waitMs: 1_000 * index }));
  expect(engine.observer.verdict().rule).toBe('falling-behind');
  expect(problems()).toEqual([]);
  await engine.runMany(20, (index) => ({ processMs: 2_000, waitMs: 25_000 + 1_000 * index }));
  expect(problems()).toEqual(['behind']);

  engine.read({ batches: { ...anyReading().batches, held: [engine.nextBatchMs] } });
  await engine.clock.advance(1_000);
  expect(problems()).toEqual(['held']);

  engine.observer.onEvent('streaming:failed', { timeMs: 1, error: { name: 'Error', message: 'no' } });
  expect(engine.observer.health().ok).toBe(false);
});
