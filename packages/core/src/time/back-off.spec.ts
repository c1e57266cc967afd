import { describe, expect, it } from 'vitest';
import { SeededRandom } from '../random/seeded-random.ts';
import { backOffDelayMs } from './back-off.ts';

const drawing = (next: number) => ({ next: () => next, integer: () => 0, id: () => '' });
const series = { firstMs: 200, maxMs: 5_000 };

describe('backOffDelayMs', () => {
  it('doubles the first delay up to the longest', () => {
    const delays = [0, 1, 2, 3, 4, 5, 6, 1_000, Infinity].map((retry) => backOffDelayMs(retry, series));
    expect(delays).toEqual([200, 400, 800, 1_600, 3_200, 5_000, 5_000, 5_000, 5_000]);
  });

  it('draws the upper half of each delay at random', () => {
    const delay = (retry: number, draw: number) =>
      backOffDelayMs(retry, { ...series, random: drawing(draw) });
    expect([0, 0.25, 0.999_999].map((draw) => delay(1, draw))).toEqual([200, 250, 400]);
    expect(delay(50, 0)).toBe(2_500);
  });

  it('draws between two factors', () => {
    const delay = (draw: number) =>
      backOffDelayMs(0, { firstMs: 2_000, maxMs: 60_000, random: drawing(draw), jitter: [1, 0.8] });
    expect([0, 0.5, 0.999_999].map(delay)).toEqual([2_000, 1_800, 1_600]);
  });

  it('returns the same whole delays for the same seed', () => {
    const delays = () => {
      const random = new SeededRandom(7);
      return Array.from({ length: 8 }, (_, retry) => backOffDelayMs(retry, { ...series, random }));
    };
    expect(delays()).toEqual(delays());
    expect(delays().every(Number.isInteger)).toBe(true);
  });

  it('may be zero', () => {
    expect(backOffDelayMs(3, { firstMs: 0, maxMs: 5_000, random: drawing(0.5) })).toBe(0);
  });
});
