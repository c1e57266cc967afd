// Worlds whose executors are on hosts.
import { describe, expect, it } from 'vitest';
import { HOST_FAULT_KINDS } from '../../src/cluster/cluster-plan.ts';
import { drawClusterPlan } from '../../src/cluster/draw-cluster-plan.ts';
import { runClusterPlan } from '../../src/cluster/run-cluster-plan.ts';

const seeds = Array.from({ length: 100 }, (_, index) => `${index + 1}`);

describe('the hosts of a plan', () => {
  it('are in about half of the seeds', () => {
    const count = seeds.filter((seed) => drawClusterPlan(seed).hosts !== undefined).length;
    expect(count).toBeGreaterThan(35);
    expect(count).toBeLessThan(65);
  });

  it('are there whenever a fault of hosts is requested, and only this fault occurs', () => {
    for (const kind of HOST_FAULT_KINDS) {
      const plans = seeds.slice(0, 20).map((seed) => drawClusterPlan(seed, { faults: [kind] }));
      expect(plans.every(({ hosts }) => hosts !== undefined)).toBe(true);
      const kinds = plans.flatMap(({ faults, messages }) => [
        ...faults.map((fault) => fault.kind),
        ...(messages.lateSessionMs === undefined ? [] : ['late-session']),
      ]);
      expect([...new Set(kinds)]).toEqual([kind]);
    }
  });

  it('name slots and hosts that exist', () => {
    for (const seed of seeds)
      for (const plan of [drawClusterPlan(seed)])
        for (const fault of plan.faults) {
          if (!('host' in fault)) continue;
          expect(fault.host).toBeLessThan(plan.hosts?.length ?? 0);
          if ('slot' in fault) expect(fault.slot).toBeLessThan(plan.hostSlots ?? 0);
        }
  });
});

describe('a simulated cluster with hosts', () => {
  it('reaches the states of hosts, and keeps every promise', async () => {
    const forced = { hosts: ['c', 'd'], loadMs: 15_000 } as const;
    const faults = ['host-death', 'late-session'] as const;
    const { violations, coverage } = await runClusterPlan(drawClusterPlan('3', { faults, forced }));
    expect(violations).toEqual([]);
    expect(Object.keys(coverage.states)).toEqual(
      expect.arrayContaining(['an executor on a host is ready', 'a host is lost', 'an executor is replaced']),
    );
  });

  it.each([
    ['a host that is asked to end while dead hears nothing', '233'],
    ['clocks that are too far apart for a host are set right at the end of the faults', '1057'],
    ['a driver whose newest entry was lost on its way reads the log again', '1957'],
    [
      'a host whose earlier process is heard late, out of a server that stood still, keeps its executors',
      '9628',
    ],
    ['a driver that was paused while it recovered is in charge only when that is certain', '17062'],
  ])('%s', async (_, seed) => {
    expect((await runClusterPlan(drawClusterPlan(seed))).violations).toEqual([]);
  });
});
