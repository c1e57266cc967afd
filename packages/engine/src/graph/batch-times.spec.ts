import { describe, expect, it } from 'vitest';
import { firstTimeFrom, isTimeOfSlide, lastTimeUpTo, timesBetween } from './batch-times.ts';

describe('batch times', () => {
  it.each([
    [1_000, false],
    [999, false],
    [-2_000, false],
    [1_001, false],
    [3_999, false],
    [4_000, true],
    [7_000, true],
    [5_000, false],
  ])('%d is a time of zero time 1000, slide 3000: %s', (time, expected) => {
    expect(isTimeOfSlide(time, 1_000, 3_000)).toBe(expected);
  });

  it.each([
    [-5_000, 1_100, 100],
    [100, 1_100, 100],
    [1_100, 1_100, 1_100],
    [1_101, 2_100, 1_100],
    [2_100, 2_100, 2_100],
  ])('from %d on the first time is %d, up to it the last %d', (time, first, last) => {
    expect(firstTimeFrom(time, 100, 1_000)).toBe(first);
    expect(lastTimeUpTo(time, 100, 1_000)).toBe(last);
  });

  it('lists both ends of a span, and nothing for an empty span', () => {
    expect(timesBetween(1_000, 3_000, 1_000)).toEqual([1_000, 2_000, 3_000]);
    expect(timesBetween(1_000, 3_999, 1_000)).toEqual([1_000, 2_000, 3_000]);
    expect(timesBetween(1_000, 999, 1_000)).toEqual([]);
    expect(timesBetween(9_000, 1_000, 1_000)).toEqual([]);
  });
});
