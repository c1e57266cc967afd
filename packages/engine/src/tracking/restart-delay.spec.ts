import { describe, expect, it } from 'vitest';
import { restartDelayMs } from './restart-delay.ts';

const bounds = { minRestartDelayMs: 2_000, maxRestartDelayMs: 60_000 };
const drawing = (next: number) => ({ next: () => next, integer: () => 0, id: () => '' });

describe('restartDelayMs', () => {
  it('doubles from the shortest to the longest delay (REC-3)', () => {
    const delays = [1, 2, 3, 4, 5, 6, 7, 1_000].map((n) => restartDelayMs(n, bounds, drawing(0)));
    expect(delays).toEqual([2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000]);
  });

  it('subtracts up to a fifth at random, also from the longest delay', () => {
    expect(restartDelayMs(1, bounds, drawing(0.5))).toBe(1_800);
    expect(restartDelayMs(50, bounds, drawing(0.999))).toBeGreaterThan(48_000);
    expect(restartDelayMs(50, bounds, drawing(0.999))).toBeLessThan(48_100);
  });
});
