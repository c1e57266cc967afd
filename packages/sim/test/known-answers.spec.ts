import { expect, it } from 'vitest';
import { drawPlan } from '../src/draw-plan.ts';
import type { InputHistory } from '../src/input-history.ts';
import { knownAnswer } from '../src/known-answers.ts';
import type { Plan } from '../src/plan.ts';
import { runPlan } from '../src/run-plan.ts';
import type { SimRecord } from '../src/sim-record.ts';

/** Records of key 0 in its phase, then silence for the length of the time-out and longer; 30 is of another phase. */
const numbers = [[0, 5], [], [30], [], [10], [], [15, 31]];
const history: InputHistory = {
  batchIntervalMs: 100,
  zeroTime: 0,
  batches: new Map(
    numbers.map((batch, index) => [(index + 1) * 100, [batch.map((number): SimRecord => [number, 0])]]),
  ),
};

it('time out states that were silent for longer than two batches', () => {
  const answers = [...history.batches.keys()].map((time) => knownAnswer('timed-state', time, history));
  expect(answers).toEqual([[[0, 2]], [[0, 2]], [[0, 2]], [], [[0, 1]], [[0, 1]], [[0, 2], [1, 1]]]); // prettier-ignore
});

it('equal the results of an engine, over deaths', async () => {
  const seeds = Array.from({ length: 10 }, (_, index) => `${index + 1}`);
  const plans = seeds
    .map((seed) =>
      drawPlan(seed, { faults: ['driver-death'], forced: { graphs: ['timed-state'], executors: 0 } }),
    )
    .filter(({ graphs }) => graphs.length > 0);
  expect(plans.length).toBeGreaterThan(3);
  const [plan] = plans as [Plan, ...Plan[]];
  expect((await runPlan({ ...plan, loadMs: 4_000 })).violations).toEqual([]);
});
