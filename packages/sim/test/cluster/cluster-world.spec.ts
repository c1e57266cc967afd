import { describe, expect, it } from 'vitest';
import { drawClusterPlan } from '../../src/cluster/draw-cluster-plan.ts';
import { runClusterPlan } from '../../src/cluster/run-cluster-plan.ts';

const seeds = Array.from({ length: 15 }, (_, index) => `${index + 1}`);

describe('a simulated cluster', () => {
  it.each(seeds)('keeps every promise under seed %s', async (seed) => {
    const { violations } = await runClusterPlan(drawClusterPlan(seed));
    expect(violations).toEqual([]);
  });

  it('is a function of its seed', async () => {
    for (const seed of ['5', '12', '28']) {
      const [one, other] = [
        await runClusterPlan(drawClusterPlan(seed)),
        await runClusterPlan(drawClusterPlan(seed)),
      ];
      expect(other.fingerprint).toBe(one.fingerprint);
    }
  });

  it('detects a program that loses records', async () => {
    const { violations } = await runClusterPlan(drawClusterPlan('1', { faults: [], brokenOnPurpose: true }));
    expect(violations.map(({ promise }) => promise)).toEqual(['BAT-1']);
  });

  it('has only the requested faults', async () => {
    const { coverage } = await runClusterPlan(drawClusterPlan('2', { faults: ['driver-pause'] }));
    expect(Object.keys(coverage.faults)).toEqual(['driver-pause']);
  });
});
