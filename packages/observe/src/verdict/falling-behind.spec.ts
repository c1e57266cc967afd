import { expect, it } from 'vitest';
import { anyFacts, anyInputFacts, anySteps } from '../../test/any-facts.ts';
import { START_MS } from '../../test/virtual-engine.ts';
import type { BatchStep } from '../counters/step-window.ts';
import { fallingBehind } from './rules/falling-behind.ts';
import type { VerdictFacts } from './verdict-facts.ts';

const judge = (facts: Partial<VerdictFacts>, since?: number) => fallingBehind.judge(anyFacts(facts), since);

/** Steps of a queue in front of one worker: the wait of each batch follows from the processing before. */
function queue(count: number, processingMs: (index: number) => number, waitMs = 0): readonly BatchStep[] {
  let wait = waitMs;
  return anySteps(count, (index) => {
    const step = { waitMs: wait, processingMs: processingMs(index) };
    wait = Math.max(0, wait + step.processingMs - 1_000);
    return step;
  });
}

it('fires when batches take longer than their interval, and names cause and next step', () => {
  const inputs = [
    anyInputFacts({ records: 910 }),
    anyInputFacts({ name: 'files', isReceiver: false, records: 90 }),
  ];
  expect(judge({ steps: queue(20, () => 1_300), inputs })).toBe(
    'Falling behind since 12:03: batches take 1.3 × their interval. Output `write` has 82 % of it; receiver `kafka orders` brings 91 % of the records. Add an executor, lower `receiving.maxRate`, or raise the interval to 2 s.',
  );
});

it('needs six batches, and a load above 1', () => {
  expect(judge({ steps: queue(5, () => 1_300) })).toBe(undefined);
  expect(judge({ steps: queue(6, () => 1_300) })).toContain('1.3 ×');
  expect(judge({ steps: queue(20, () => 1_010) })).toContain('1.0 ×');
  expect(judge({ steps: queue(20, () => 1_000) })).toBe(undefined);
});

it.each([0, 3, 8, 10, 14, 17, 19])('does not fire for one slow batch, at position %i', (position) => {
  expect(judge({ steps: queue(20, (index) => (index === position ? 30_000 : 100)) })).toBe(undefined);
});

it('does not fire for batches that run side by side and do not wait', () => {
  expect(judge({ steps: anySteps(20, () => ({ processingMs: 3_000, waitMs: 2 })) })).toBe(undefined);
});

it('fires for a wait that grows although batches are short', () => {
  expect(judge({ steps: anySteps(20, (index) => ({ waitMs: 150 * index })) })).toContain(
    'a batch waits 2.9 s for its start',
  );
  expect(judge({ steps: anySteps(20, (index) => ({ waitMs: 100 * index })) })).toBe(undefined);
  expect(judge({ steps: anySteps(20, (index) => ({ waitMs: 9_000 + 50 * index })) })).toBe(undefined);
});

it('does not fire while a backlog shrinks', () => {
  expect(judge({ steps: queue(20, () => 500, 60_000) })).toBe(undefined);
});

it('fires when no batch is completed for ten intervals and ten seconds', () => {
  const stuck = { queued: 12, oldestUnfinished: START_MS + 170_000 };
  expect(judge({ ...stuck, sinceCompletedMs: 20_500 })).toContain(
    'Falling behind since 12:03: no batch was completed for 21 s since batch 12:02:50 began to wait, 12 batches are unfinished.',
  );
  expect(judge({ ...stuck, sinceCompletedMs: 10_000 })).toBe(undefined);
  expect(judge({ ...stuck, sinceCompletedMs: 20_500, batchIntervalMs: 5_000 })).toBe(undefined);
  expect(judge({ ...stuck, sinceCompletedMs: 20_500, queued: 0 })).toBe(undefined);
});

it('ends after ten good batches, not after nine', () => {
  const ofGood = (good: number) => queue(20, (index) => (index < 20 - good ? 1_500 : 500));
  expect(judge({ steps: ofGood(9) }, START_MS)).toContain('since 12:00');
  expect(judge({ steps: ofGood(10) }, START_MS)).toBe(undefined);
});

it('does not begin again while the bad batches leave the window', () => {
  for (let good = 10; good <= 20; good += 1) {
    const steps = queue(20, (index) => (index < 20 - good ? 3_000 : 500));
    expect(judge({ steps })).toBe(undefined);
  }
});

it('does not end at a load of almost 1', () => {
  expect(judge({ steps: queue(20, () => 970, 5_000) }, START_MS)).not.toBe(undefined);
  expect(judge({ steps: queue(20, () => 940, 5_000) }, START_MS)).toBe(undefined);
});

it('ends for a varying load that keeps up, although every fourth batch is long', () => {
  const steps = queue(20, (index) => (index % 4 === 0 ? 1_400 : 400));
  expect(judge({ steps }, START_MS)).toBe(undefined);
  expect(judge({ steps: queue(20, (index) => (index % 4 === 0 ? 2_200 : 400)) }, START_MS)).not.toBe(
    undefined,
  );
});

it('leaves the explanation to a held batch', () => {
  expect(judge({ steps: queue(20, () => 1_300), held: [{ batchTime: 1 }] })).toBe(undefined);
  expect(judge({ steps: queue(20, () => 1_300), state: 'stopped' })).toBe(undefined);
});

it('names a slow log, the making of jobs and waiting as causes', () => {
  const steps = queue(20, () => 1_300);
  const phases = { generatorLagMs: 0, allocateMs: 0, generateMs: 0, queueMs: 0, processMs: 100 };
  expect(judge({ steps, phases: { ...phases, allocateMs: 300 } })).toContain(
    'Allocating blocks takes 75 % of a batch: the log is slow.',
  );
  expect(judge({ steps, phases: { ...phases, generateMs: 300 } })).toContain(
    'Making the jobs takes 75 % of a batch.',
  );
  expect(judge({ steps, cores: 0.2 })).toContain(
    'The process uses 0.2 cores, so most of the time passes with waiting.',
  );
  expect(judge({ steps, cores: 0.5 })).not.toContain('cores');
});

it('names no cause that is not known', () => {
  const outputs = [1, 2, 3].map((id) => ({ id, name: `o${id}`, share: 0.33 }));
  const inputs = [1, 2, 3].map((id) => anyInputFacts({ name: `i${id}`, isReceiver: false }));
  expect(judge({ steps: queue(20, () => 1_300), outputs, inputs })).toBe(
    'Falling behind since 12:03: batches take 1.3 × their interval. Add an executor or raise the interval to 2 s.',
  );
});

it.each([
  [10, 13, '20 ms'],
  [1_000, 2_500, '5 s'],
  [60_000, 80_000, '2 min'],
])(
  'proposes for an interval of %i ms and batches of %i ms an interval of %s',
  (batchIntervalMs, processingMs, text) => {
    const steps = anySteps(20, (index) => ({
      processingMs,
      spanMs: batchIntervalMs,
      waitMs: index * (processingMs - batchIntervalMs),
    }));
    expect(judge({ steps, batchIntervalMs })).toContain(`or raise the interval to ${text}.`);
  },
);
