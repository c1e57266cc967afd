import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { active, executorsUpTo, loadsAfter, receivers, startingPlaces } from '../test/snapshots.ts';
import { LocalitySchedulingPolicy } from './locality-scheduling-policy.ts';

const executor = (executorId: string, host: string) => ({ executorId, host, cores: 1 });
const policy = new LocalitySchedulingPolicy();

describe('LocalitySchedulingPolicy', () => {
  it('fulfils every wish that a live executor can fulfil', () => {
    fc.assert(
      fc.property(receivers, executorsUpTo(8, 1), (wishing, executors) => {
        const places = startingPlaces(policy.scheduleReceivers(wishing, executors));
        for (const { streamId, preferredHost } of wishing) {
          const able = executors.filter((e) => e.host === preferredHost || e.executorId === preferredHost);
          if (able.length > 0) expect(able.map((e) => e.executorId)).toContain(places.get(streamId));
        }
      }),
    );
  });

  it('balances receivers without a wish around receivers with a wish (SCH-1)', () => {
    fc.assert(
      fc.property(receivers, executorsUpTo(8, 1), (wishing, executors) => {
        const places = startingPlaces(policy.scheduleReceivers(wishing, executors));
        const able = new Set(executors.flatMap(({ host, executorId }) => [host, executorId]));
        const isFree = ({ preferredHost }: { preferredHost?: string }) => !able.has(preferredHost ?? '');
        const loads = loadsAfter(executors, places.values());
        const free = loadsAfter(
          executors,
          wishing.filter(isFree).map(({ streamId }) => places.get(streamId)),
        );
        const least = Math.min(...loads);
        loads.forEach((load, i) => {
          if ((free[i] ?? 0) > 0) expect(load).toBeLessThanOrEqual(least + 1);
        });
      }),
    );
  });

  it('spreads wishes for a host over its executors', () => {
    const executors = [executor('1', 'a'), executor('2', 'b'), executor('3', 'a')];
    const wishing = [0, 1, 2].map((streamId) => ({ streamId, preferredHost: 'a' }));
    const places = startingPlaces(policy.scheduleReceivers(wishing, executors));
    expect([...places.values()]).toEqual(['1', '3', '1']);
  });

  it('reads a wish as the id of an executor, unless a host has that name', () => {
    const executors = [executor('1', 'a'), executor('2', 'a'), executor('a', 'b')];
    const wishing = [
      { streamId: 0, preferredHost: '2' },
      { streamId: 1, preferredHost: 'a' },
    ];
    const places = startingPlaces(policy.scheduleReceivers(wishing, executors));
    expect([...places.values()]).toEqual(['2', '1']);
  });

  it('keeps an unfulfilled wish as the first candidate and places the receiver all the same', () => {
    const decision = policy.scheduleReceivers([{ streamId: 0, preferredHost: 'z' }], [executor('1', 'a')]);
    expect(decision.get(0)).toEqual([{ host: 'z' }, { host: 'a', executorId: '1' }]);
  });

  it('offers spare executors as candidates to receivers with the fewest', () => {
    const executors = ['1', '2', '3', '4', '5'].map((id) => executor(id, 'a'));
    const decision = policy.scheduleReceivers([{ streamId: 0 }, { streamId: 1 }], executors);
    const ids = [...decision.values()].map((locations) => locations.map(({ executorId }) => executorId));
    expect(ids).toEqual([
      ['1', '3', '5'],
      ['2', '4'],
    ]);
  });

  it('returns a receiver to its host first, then to the least loaded executor', () => {
    const executors = [executor('1', 'a'), executor('2', 'a'), executor('3', 'b'), executor('4', 'b')];
    const at = (index: number) => executors[index] ?? executor('none', 'none');
    const placements = [active(0, at(0)), active(1, at(0)), active(2, at(1)), active(3, at(2))];
    const receiver = { streamId: 9, preferredHost: 'a' };
    expect(
      policy.rescheduleReceiver(receiver, placements, executors).map(({ executorId }) => executorId),
    ).toEqual(['2', '4']);
  });

  it('excludes the receiver itself from the loads', () => {
    const executors = [executor('1', 'a'), executor('2', 'b')];
    const [first = executor('none', 'none'), second = first] = executors;
    const placements = [active(0, first), active(1, second)];
    const locations = policy.rescheduleReceiver({ streamId: 0 }, placements, executors);
    expect(locations).toEqual([{ host: 'a', executorId: '1' }]);
  });
});
