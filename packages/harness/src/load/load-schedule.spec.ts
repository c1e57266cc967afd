import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LoadSchedule } from './load-schedule.ts';

const burst = { everyMs: 1_000, lengthMs: 200, factor: 5 };

describe('LoadSchedule', () => {
  it('spreads records evenly', () => {
    const schedule = new LoadSchedule({ recordsPerSecond: 100 });
    expect([0, 9, 10, 15, 1_000, 60_000].map((at) => schedule.dueBy(at))).toEqual([0, 0, 1, 1, 100, 6_000]);
    expect([0, 1, 99].map((index) => schedule.intendedAtMs(index))).toEqual([10, 20, 1_000]);
  });

  it('sends more in a burst, at the end of each period', () => {
    const schedule = new LoadSchedule({ recordsPerSecond: 1_000, burst });
    expect(schedule.dueBy(800)).toBe(800);
    expect(schedule.dueBy(1_000)).toBe(1_800);
    expect(schedule.dueBy(2_000)).toBe(3_600);
    expect(schedule.intendedAtMs(1_299)).toBeCloseTo(900);
  });

  it('supports a rate of zero', () => {
    const schedule = new LoadSchedule({ recordsPerSecond: 0 });
    expect(schedule.dueBy(1e9)).toBe(0);
    expect(schedule.intendedAtMs(0)).toBe(Number.POSITIVE_INFINITY);
  });

  it('has a record due exactly at its time', () => {
    const shapes = fc.record({
      recordsPerSecond: fc.integer({ min: 1, max: 2_000_000 }),
      burst: fc.record({
        everyMs: fc.integer({ min: 100, max: 5_000 }),
        lengthMs: fc.integer({ min: 1, max: 99 }),
        factor: fc.integer({ min: 2, max: 20 }),
      }),
    });
    fc.assert(
      fc.property(shapes, fc.integer({ min: 0, max: 1_000_000 }), (shape, index) => {
        const schedule = new LoadSchedule(shape);
        const at = schedule.intendedAtMs(index);
        expect(schedule.dueBy(at + 1e-3)).toBeGreaterThan(index);
        expect(schedule.dueBy(at - 1e-2)).toBeLessThanOrEqual(index + 1);
        expect(schedule.intendedAtMs(index + 1)).toBeGreaterThan(at);
      }),
    );
  });
});
