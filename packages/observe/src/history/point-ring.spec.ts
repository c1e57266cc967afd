import { expect, it } from 'vitest';
import { PointRing, type PointRow } from './point-ring.ts';

/** A ring with a time and one exact column. */
function ringOf(maxPoints: number) {
  const ring = new PointRing(maxPoints, 2);
  const out: PointRow[] = [];
  const at = (timeMs: number, value?: number): number | undefined => {
    const index = ring.pointAt(
      timeMs,
      () => 0,
      (row) => out.push(row),
    );
    if (index !== undefined && value !== undefined) ring.set(index, 1, value);
    return index;
  };
  return { ring, out, at };
}

it('grows up to its bound, and then gives out the oldest point', () => {
  const { ring, out, at } = ringOf(100);
  for (let time = 1; time <= 250; time += 1) at(time, 10 * time);
  expect(ring.length).toBe(100);
  expect(ring.values(0)).toEqual(Array.from({ length: 100 }, (_, index) => 151 + index));
  expect(ring.values(1, 98)).toEqual([2_490, 2_500]);
  expect(out).toHaveLength(150);
  expect(out[0]).toEqual([1, 10]);
  expect(ring.bytes).toBe(100 * 2 * 8);
});

it('starts small', () => {
  const { ring, at } = ringOf(3_600);
  at(1);
  expect(ring.bytes).toBe(64 * 2 * 8);
});

it('finds the point of a time again, and puts late points into their place', () => {
  const { ring, at } = ringOf(4);
  at(10, 1);
  at(30, 3);
  expect(at(20, 2)).toBe(1);
  expect(at(20)).toBe(1);
  expect(ring.values(0)).toEqual([10, 20, 30]);
  expect(ring.values(1)).toEqual([1, 2, 3]);
});

it('puts late points into a full ring, and leaves out points older than the ring', () => {
  const { ring, out, at } = ringOf(3);
  for (const time of [10, 20, 40, 50]) at(time, time);
  expect(at(5)).toBe(undefined);
  expect(at(30, 30)).toBe(0);
  expect(ring.values(0)).toEqual([30, 40, 50]);
  expect(ring.values(1)).toEqual([30, 40, 50]);
  expect(out.map(([time]) => time)).toEqual([10, 20]);
});

it('adds columns later', () => {
  const { ring, at } = ringOf(3);
  at(1);
  const column = ring.addColumn(Number.NaN);
  at(2);
  ring.set(1, column, 0.5);
  expect(ring.values(column)).toEqual([Number.NaN, 0.5]);
  expect(ring.indexFrom(2)).toBe(1);
  expect(ring.indexFrom(3)).toBe(2);
});
