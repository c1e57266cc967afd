import type { Timeline } from '@millrace/observe';
import { expect, it } from 'vitest';
import { Points } from './points.ts';

function timeline(timeMs: readonly number[], value = 1): Timeline {
  const column = timeMs.map(() => value);
  return {
    timeMs,
    batches: column,
    failed: column,
    recordsPerSecond: column,
    schedulingMs: column,
    processingMs: column,
    totalMs: column,
    maxTotalMs: column,
    rateLimit: timeMs.map(() => null),
    inputs: [],
  };
}

it('adds newer points, and takes a newer form of known ones', () => {
  const points = new Points(100);
  points.add(timeline([1_000, 2_000]));
  points.add(timeline([2_000, 3_000], 5));
  expect(points.columns.timeMs).toEqual([1_000, 2_000, 3_000]);
  expect(points.columns.totalMs).toEqual([1, 5, 5]);
  expect(points.columns.rateLimit).toEqual([null, null, null]);
});

it('leaves out an older point that it does not know', () => {
  const points = new Points(100);
  points.add(timeline([1_000, 3_000]));
  points.add(timeline([2_000]));
  expect(points.columns.timeMs).toEqual([1_000, 3_000]);
});

it('keeps a bounded number, in columns of equal length', () => {
  const points = new Points(100);
  for (let time = 0; time < 10_000; time += 1) points.add(timeline([time]));
  const lengths = Object.values(points.columns).map(({ length }) => length);
  expect(new Set(lengths).size).toBe(1);
  expect(lengths[0]).toBeLessThan(300);
  expect(points.columns.timeMs.at(-1)).toBe(9_999);
});

it('gives a part', () => {
  const points = new Points(100);
  points.add(timeline([1_000, 2_000, 3_000]));
  expect(points.from(2_000).timeMs).toEqual([2_000, 3_000]);
  expect(points.from(9_000).timeMs).toEqual([]);
  expect(points.from(0)).toBe(points.columns);
});
