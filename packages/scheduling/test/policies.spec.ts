// The promises of every policy of this package, over random snapshots.
import type { SchedulingPolicy } from '@millrace/core';
import { LoadBalancedSchedulingPolicy } from '@millrace/core/engine';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LocalitySchedulingPolicy } from '../src/locality-scheduling-policy.ts';
import { RoundRobinSchedulingPolicy } from '../src/round-robin-scheduling-policy.ts';
import {
  active,
  executorsUpTo,
  loadsAfter,
  plainReceivers,
  receivers,
  spread,
  startingPlaces,
} from './snapshots.ts';

const policies: readonly SchedulingPolicy[] = [
  new RoundRobinSchedulingPolicy(),
  new LocalitySchedulingPolicy(),
  new LoadBalancedSchedulingPolicy(),
];

describe.each(policies.map((policy) => [policy.name, policy] as const))('%s scheduling', (_name, policy) => {
  it('gives every receiver a location while an executor lives (SCH-1)', () => {
    fc.assert(
      fc.property(receivers, executorsUpTo(8, 1), (wishing, executors) => {
        const decision = policy.scheduleReceivers(wishing, executors);
        expect([...decision.keys()].sort()).toEqual(wishing.map(({ streamId }) => streamId).sort());
        for (const locations of decision.values()) expect(locations.length).toBeGreaterThan(0);
      }),
    );
  });

  it('keeps loads within one of each other for receivers without wishes (SCH-1)', () => {
    fc.assert(
      fc.property(fc.nat(60), executorsUpTo(9, 1), (count, executors) => {
        const places = startingPlaces(policy.scheduleReceivers(plainReceivers(count), executors));
        expect(spread(loadsAfter(executors, places.values()))).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('keeps loads within one of each other when executors are lost (SCH-1)', () => {
    fc.assert(
      fc.property(fc.nat(40), executorsUpTo(8, 2), fc.nat(), (count, executors, seed) => {
        const alive = executors.filter((_, i) => i !== seed % executors.length);
        const places = startingPlaces(policy.scheduleReceivers(plainReceivers(count), executors));
        const byId = new Map(executors.map((executor) => [executor.executorId, executor]));
        const placements = new Map(
          [...places].flatMap(([streamId, place]) => {
            const executor = byId.get(place ?? '');
            return executor === undefined ? [] : [[streamId, active(streamId, executor)] as const];
          }),
        );
        for (const [streamId, { runningExecutor }] of placements) {
          if (runningExecutor !== undefined && alive.includes(runningExecutor)) continue;
          const [location] = policy.rescheduleReceiver({ streamId }, [...placements.values()], alive);
          const executor = byId.get(location?.executorId ?? '');
          expect(alive).toContain(executor);
          if (executor !== undefined) placements.set(streamId, active(streamId, executor));
        }
        const running = [...placements.values()].map(({ runningExecutor }) => runningExecutor?.executorId);
        expect(spread(loadsAfter(alive, running))).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('returns the same for the same snapshot and changes nothing in the snapshot', () => {
    fc.assert(
      fc.property(receivers, executorsUpTo(8), (wishing, executors) => {
        const before = structuredClone({ wishing, executors });
        const first = policy.scheduleReceivers(wishing, executors);
        expect([...policy.scheduleReceivers(wishing, executors)]).toEqual([...first]);
        expect({ wishing, executors }).toEqual(before);
      }),
    );
  });

  it('returns no locations without executors', () => {
    const wishing = [{ streamId: 0 }, { streamId: 1, preferredHost: 'a' }];
    expect([...policy.scheduleReceivers(wishing, [])]).toEqual([
      [0, []],
      [1, []],
    ]);
    expect(policy.rescheduleReceiver({ streamId: 1, preferredHost: 'a' }, [], [])).toEqual([]);
  });

  it('places 10,000 receivers on 1,000 executors evenly', () => {
    const executors = Array.from({ length: 1_000 }, (_, i) => ({
      executorId: `executor-${i}`,
      host: `host-${i % 100}`,
      cores: 4,
    }));
    const places = startingPlaces(policy.scheduleReceivers(plainReceivers(10_000), executors));
    expect(loadsAfter(executors, places.values())).toEqual(executors.map(() => 10));
  });
});
