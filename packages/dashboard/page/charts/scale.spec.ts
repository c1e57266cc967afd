import { expect, it } from 'vitest';
import { distribution, most, ranks, roundAbove } from './scale.ts';

it('has a round top a little above the largest value', () => {
  expect([0, 0.2, 1, 97, 1_010, 12_345].map(roundAbove)).toEqual([1, 0.2, 1, 100, 1_200, 15_000]);
  expect([Number.NaN, Infinity, -1].map(roundAbove)).toEqual([1, 1, 1]);
});

it('knows the largest value and ranks', () => {
  expect(most([])).toBe(0);
  expect(most([1, null, 7, 2])).toBe(7);
  const values = Array.from({ length: 100 }, (_, index) => 99 - index);
  expect(ranks(values, [0.5, 0.99, 1])).toEqual([50, 99, 99]);
  expect(ranks([], [0.5])).toEqual([0]);
});

it('counts values along the scale, those at the top and beyond in the last part', () => {
  expect(distribution([0, 1, 4.9, 5, 10, 12], 10, 2)).toEqual([3, 3]);
  expect(distribution([], 10, 3)).toEqual([0, 0, 0]);
});
