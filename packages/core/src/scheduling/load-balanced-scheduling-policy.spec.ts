import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type {
  ExecutorDescription,
  ReceiverDescription,
  ReceiverPlacement,
  TaskLocation,
} from '../contracts/scheduling-policy.ts';
import { LoadBalancedSchedulingPolicy } from './load-balanced-scheduling-policy.ts';
import { rescheduleByWeight } from './reschedule-by-weight.ts';
import { scheduleEvenly } from './schedule-evenly.ts';

function executor(executorId: string, host: string): ExecutorDescription {
  return { executorId, host, cores: 1 };
}

function receiver(streamId: number, preferredHost?: string): ReceiverDescription {
  return { streamId, ...(preferredHost === undefined ? {} : { preferredHost }) };
}

/** The executors of a list of locations, hosts where there is none. */
function names(locations: readonly TaskLocation[] | undefined): string[] {
  return (locations ?? []).map(({ host, executorId }) => executorId ?? `host ${host}`);
}

function scheduled(streamId: number, ...executorIds: (string | undefined)[]): ReceiverPlacement {
  const scheduledLocations = executorIds.map((executorId) =>
    executorId === undefined ? { host: 'h' } : { host: 'h', executorId },
  );
  return { streamId, state: 'SCHEDULED', scheduledLocations };
}

function active(streamId: number, executorId: string): ReceiverPlacement {
  return { streamId, state: 'ACTIVE', scheduledLocations: [], runningExecutor: executor(executorId, 'h') };
}

const clusters = fc
  .array(fc.constantFrom('h0', 'h1', 'h2'), { maxLength: 12 })
  .map((hosts) => hosts.map((host, index) => executor(`e${index}`, host)));
const receiverLists = fc
  .array(fc.option(fc.constantFrom('h0', 'h1', 'h2', 'nowhere'), { nil: undefined }), { maxLength: 30 })
  .map((wishes) => wishes.map((wish, index) => receiver(index, wish)));

/** The number of receivers with each executor as their first location. */
function loadsOf(
  executors: readonly ExecutorDescription[],
  placed: Iterable<readonly TaskLocation[]>,
): number[] {
  const firsts = [...placed].map((locations) => locations.find(({ executorId }) => executorId !== undefined));
  return executors.map(({ executorId }) => firsts.filter((first) => first?.executorId === executorId).length);
}

describe('scheduleEvenly', () => {
  it('spreads receivers without wishes in turn (SCH-1)', () => {
    const placed = scheduleEvenly(
      [0, 1, 2, 3, 4].map((id) => receiver(id)),
      [executor('a', 'h0'), executor('b', 'h1')],
    );
    expect([...placed.values()].map(names)).toEqual([['a'], ['b'], ['a'], ['b'], ['a']]);
  });

  it('places receivers on their preferred host, evenly', () => {
    const executors = [executor('a', 'h0'), executor('b', 'h1'), executor('c', 'h1')];
    const placed = scheduleEvenly(
      [receiver(0, 'h1'), receiver(1, 'h1'), receiver(2, 'h1'), receiver(3)],
      executors,
    );
    expect([...placed.values()].map(names)).toEqual([['b'], ['c'], ['b'], ['a']]);
  });

  it('places receivers with wishes first, in any order', () => {
    const placed = scheduleEvenly(
      [receiver(0), receiver(1, 'h0')],
      [executor('a', 'h0'), executor('b', 'h1')],
    );
    expect([...placed.values()].map(names)).toEqual([['b'], ['a']]);
  });

  it('places a receiver whose host has no executor on another one as well (SCH-1)', () => {
    const placed = scheduleEvenly([receiver(0, 'nowhere')], [executor('a', 'h0')]);
    expect(names(placed.get(0))).toEqual(['host nowhere', 'a']);
  });

  it('offers idle executors to the receivers with the fewest locations', () => {
    const executors = ['a', 'b', 'c', 'd', 'e'].map((id) => executor(id, id));
    const placed = scheduleEvenly([receiver(0), receiver(1)], executors);
    expect([...placed.values()].map(names)).toEqual([
      ['a', 'c', 'e'],
      ['b', 'd'],
    ]);
  });

  it('returns empty lists without executors', () => {
    expect(scheduleEvenly([receiver(7, 'h0')], [])).toEqual(new Map([[7, []]]));
    expect(scheduleEvenly([], [executor('a', 'h0')])).toEqual(new Map());
  });

  it('places every receiver while an executor lives (SCH-1)', () => {
    fc.assert(
      fc.property(receiverLists, clusters, (receivers, executors) => {
        const placed = scheduleEvenly(receivers, executors);
        const hasPlace = receivers.every(({ streamId }) =>
          placed.get(streamId)?.some(({ executorId }) => executorId !== undefined),
        );
        return placed.size === receivers.length && (hasPlace || executors.length === 0);
      }),
    );
  });

  it('keeps loads within one of each other without wishes (SCH-1)', () => {
    fc.assert(
      fc.property(fc.nat(40), clusters, (count, executors) => {
        const receivers = Array.from({ length: count }, (_, index) => receiver(index));
        const loads = loadsOf(executors, scheduleEvenly(receivers, executors).values());
        return executors.length === 0 || Math.max(...loads) - Math.min(...loads) <= 1;
      }),
    );
  });

  it('omits no executor that a receiver could use', () => {
    fc.assert(
      fc.property(receiverLists, clusters, (receivers, executors) => {
        const used = new Set([...scheduleEvenly(receivers, executors).values()].flatMap(names));
        return receivers.length === 0 || executors.every(({ executorId }) => used.has(executorId));
      }),
    );
  });

  it('returns the same for the same snapshot', () => {
    fc.assert(
      fc.property(receiverLists, clusters, (receivers, executors) => {
        expect(scheduleEvenly(receivers, executors)).toEqual(scheduleEvenly(receivers, executors));
      }),
    );
  });
});

describe('rescheduleByWeight', () => {
  const abc = [executor('a', 'h0'), executor('b', 'h1'), executor('c', 'h1')];

  it('returns every idle executor', () => {
    expect(names(rescheduleByWeight(receiver(0), [active(1, 'a')], abc))).toEqual(['b', 'c']);
  });

  it('returns every executor of the smallest weight when none is idle', () => {
    const placements = [active(1, 'a'), scheduled(2, 'b', 'c'), active(3, 'b')];
    expect(names(rescheduleByWeight(receiver(0), placements, abc))).toEqual(['c']);
  });

  it('counts a scheduled receiver in parts, host locations included', () => {
    const placements = [scheduled(1, 'a', undefined), active(2, 'b'), active(3, 'c')];
    expect(names(rescheduleByWeight(receiver(0), placements, abc))).toEqual(['a']);
  });

  it('treats equal weights as equal, for any order of addition', () => {
    const thirds = ['a', 'a', 'a'].map((id, index) => scheduled(index + 1, id, 'x', 'y'));
    const tenths = Array.from({ length: 10 }, (_, index) =>
      scheduled(index + 10, 'b', ...Array.from({ length: 9 }, () => undefined)),
    );
    const placements = [...thirds, ...tenths, active(90, 'c')];
    expect(names(rescheduleByWeight(receiver(0), placements, abc))).toEqual(['a', 'b', 'c']);
  });

  it('counts nothing for inactive receivers', () => {
    const inactive: ReceiverPlacement = { ...active(1, 'a'), state: 'INACTIVE' };
    expect(names(rescheduleByWeight(receiver(1), [inactive], abc))).toEqual(['a', 'b', 'c']);
  });

  it('counts the receiver itself', () => {
    expect(names(rescheduleByWeight(receiver(1), [active(1, 'a')], abc))).toEqual(['b', 'c']);
  });

  it('ignores dead executors', () => {
    const placements = [active(1, 'gone'), active(2, 'a')];
    expect(names(rescheduleByWeight(receiver(0), placements, [executor('a', 'h0')]))).toEqual(['a']);
  });

  it('puts the preferred host first', () => {
    expect(names(rescheduleByWeight(receiver(0, 'h9'), [active(1, 'a')], abc))).toEqual([
      'host h9',
      'b',
      'c',
    ]);
  });

  it('returns nothing without executors', () => {
    expect(rescheduleByWeight(receiver(0, 'h0'), [], [])).toEqual([]);
  });
});

describe('LoadBalancedSchedulingPolicy', () => {
  it('provides both functions behind the port', () => {
    const policy = new LoadBalancedSchedulingPolicy();
    const executors = [executor('a', 'h0')];
    expect(policy.scheduleReceivers([receiver(0)], executors)).toEqual(
      scheduleEvenly([receiver(0)], executors),
    );
    expect(policy.rescheduleReceiver(receiver(0), [], executors)).toEqual([{ host: 'h0', executorId: 'a' }]);
  });

  it('agrees with the plain search for the least loaded', () => {
    fc.assert(
      fc.property(receiverLists, clusters, (receivers, executors) => {
        const counts = executors.map(() => 0);
        const plain = receivers.map(() => {
          const index = counts.indexOf(Math.min(...counts));
          counts[index] = (counts[index] ?? NaN) + 1;
          return executors[index]?.executorId;
        });
        const withoutWishes = receivers.map(({ streamId }) => receiver(streamId));
        const placed = [...scheduleEvenly(withoutWishes, executors).values()];
        expect(placed.map((locations) => locations[0]?.executorId)).toEqual(plain);
      }),
    );
  });
});
