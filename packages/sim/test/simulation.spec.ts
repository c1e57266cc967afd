import { describe, expect, it } from 'vitest';
import { drawPlan } from '../src/draw-plan.ts';
import { runPlan } from '../src/run-plan.ts';

const seeds = Array.from({ length: 20 }, (_, index) => `${index + 1}`);

describe('a simulated world', () => {
  it.each(seeds)('keeps every promise under seed %s', async (seed) => {
    const { violations } = await runPlan(drawPlan(seed));
    expect(violations).toEqual([]);
  });

  it('is a function of its seed', async () => {
    for (const seed of ['3', '8', '13']) {
      const [one, other] = [await runPlan(drawPlan(seed)), await runPlan(drawPlan(seed))];
      expect(other.fingerprint).toBe(one.fingerprint);
    }
  });

  it('detects a program that loses records', async () => {
    const plan = drawPlan('1', { faults: [], brokenOnPurpose: true });
    expect((await runPlan(plan)).violations.map(({ promise }) => promise)).not.toEqual([]);
  });

  it('has only the requested faults', async () => {
    const { coverage } = await runPlan(drawPlan('5', { faults: ['driver-death'] }));
    expect(Object.keys(coverage.faults)).toEqual(['driver-death']);
  });
});
