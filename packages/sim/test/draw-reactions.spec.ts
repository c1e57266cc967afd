import { describe, expect, it } from 'vitest';
import { drawPlan } from '../src/draw-plan.ts';
import { runPlan } from '../src/run-plan.ts';

const seeds = Array.from({ length: 200 }, (_, index) => `${index + 1}`);

describe('plans that skip batches', () => {
  const plans = seeds.map((seed) => drawPlan(seed)).filter(({ onBatchFailure }) => onBatchFailure === 'skip');

  it('are drawn where nothing fails but the code of outputs', () => {
    expect(plans.length).toBeGreaterThan(5);
    for (const { jobFailureRate, disk, failing, channels } of plans) {
      expect(jobFailureRate).toBeGreaterThan(0);
      expect(disk).not.toMatchObject({ append: expect.any(Number) });
      expect([failing, channels.loss]).toEqual([undefined, undefined]);
    }
  });

  it('keep every promise, and the engine tells of the batches that it gives up', async () => {
    // All attempts fail: nothing but what came in is promised.
    const [plan] = plans.filter(({ graphs }) => graphs.includes('reduce'));
    const skipping = { ...plan, jobFailureRate: 1 } as NonNullable<typeof plan>;
    const { violations, lines } = await runPlan(skipping);
    expect(violations).toEqual([]);
    expect(lines.some((line) => line.includes('batch failed'))).toBe(true);
  });

  it('are not drawn when jobs may not fail', () => {
    const reactions = seeds.map((seed) => drawPlan(seed, { faults: ['driver-death'] }).onBatchFailure);
    expect(reactions).not.toContain('skip');
  });
});
