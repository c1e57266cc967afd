import { describe, expect, it } from 'vitest';
import { ContentLogTimes } from './content-log-times.ts';

const NONE = Number.POSITIVE_INFINITY;

describe('ContentLogTimes', () => {
  it('answers the oldest log time that the batches from a threshold on need (WAL-4)', () => {
    const times = new ContentLogTimes();
    times.add(2_000, 1_000);
    times.add(3_000, NONE);
    times.add(4_000, 2_000);
    // Written while two other batches were being allocated.
    times.add(5_000, 1_000);
    expect([0, 2_000, 2_001, 4_001, 5_001].map((threshold) => times.neededFrom(threshold))).toEqual([
      1_000,
      1_000,
      1_000,
      1_000,
      NONE,
    ]);
    times.add(6_000, 5_000);
    expect(times.neededFrom(5_001)).toBe(5_000);
  });

  it('forgets the batches before a threshold', () => {
    const times = new ContentLogTimes();
    times.add(2_000, 1_000);
    times.add(3_000, 2_000);
    times.forgetBefore(3_000);
    expect(times.neededFrom(0)).toBe(2_000);
    times.forgetBefore(3_001);
    expect(times.neededFrom(0)).toBe(NONE);
  });

  it('merges neighbours above its bound, and never answers a later time than needed', () => {
    const exact = new ContentLogTimes();
    const bounded = new ContentLogTimes(4);
    for (let batch = 1; batch <= 50; batch += 1) {
      for (const times of [exact, bounded]) times.add(batch * 1_000, batch * 1_000 - (batch % 3) * 1_000);
      for (let threshold = 0; threshold <= batch * 1_000; threshold += 500) {
        expect(bounded.neededFrom(threshold)).toBeLessThanOrEqual(exact.neededFrom(threshold));
      }
    }
    expect(bounded.neededFrom(50_000)).toBeGreaterThan(0);
  });
});
