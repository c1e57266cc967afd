import { describe, expect, it } from 'vitest';
import { active } from '../test/snapshots.ts';
import { allLeastLoaded, leastLoaded, loadsOf } from './executor-loads.ts';

const a = { executorId: 'a', host: 'one', cores: 1 };
const b = { executorId: 'b', host: 'two', cores: 1 };
const gone = { executorId: 'gone', host: 'two', cores: 1 };

describe('loadsOf', () => {
  it('counts a running receiver as one', () => {
    expect([...loadsOf([active(0, a), active(1, a)], [a, b], 9).loads]).toEqual([2, 0]);
  });

  it('divides a scheduled receiver among its candidates, a host weighing on none', () => {
    const scheduledLocations = [
      { host: 'one', executorId: 'a' },
      { host: 'two', executorId: 'b' },
      { host: 'three' },
      { host: 'two', executorId: 'gone' },
    ];
    const placement = { streamId: 0, state: 'SCHEDULED' as const, scheduledLocations };
    expect([...loadsOf([placement], [a, b], 9).loads]).toEqual([0.25, 0.25]);
  });

  it('adds parts of a receiver up to exactly one', () => {
    const tenth = [{ host: 'one', executorId: 'a' }, ...Array.from({ length: 9 }, () => ({ host: 'three' }))];
    const placements = Array.from({ length: 10 }, (_, streamId) => ({
      streamId,
      state: 'SCHEDULED' as const,
      scheduledLocations: tenth,
    }));
    expect([...loadsOf([...placements, active(10, b)], [a, b], 99).loads]).toEqual([1, 1]);
  });

  it('omits inactive receivers, receivers on dead executors, and the receiver being placed', () => {
    const inactive = {
      streamId: 0,
      state: 'INACTIVE' as const,
      scheduledLocations: [{ host: 'one', executorId: 'a' }],
    };
    expect([...loadsOf([inactive, active(1, gone), active(2, b)], [a, b], 2).loads]).toEqual([0, 0]);
  });
});

describe('leastLoaded', () => {
  it('selects the first of equals, in the given order', () => {
    const loads = Float64Array.of(2, 1, 1);
    expect(leastLoaded(loads, [0, 2, 1])).toBe(2);
    expect(allLeastLoaded(loads, [0, 2, 1])).toEqual([2, 1]);
    expect(leastLoaded(loads, [])).toBeUndefined();
  });
});
