import { describe, expect, it } from 'vitest';
import { RecentDurations } from './recent-durations.ts';

function of(...durations: readonly number[]) {
  const recent = new RecentDurations();
  for (const ms of durations) recent.add(ms);
  return recent.quantiles();
}

describe('RecentDurations', () => {
  it('has no quantiles without a duration', () => {
    expect(of()).toBeUndefined();
  });

  it('answers with durations that occurred', () => {
    expect(of(7)).toEqual({ p50: 7, p99: 7, max: 7 });
    expect(of(30, 10, 20)).toEqual({ p50: 20, p99: 30, max: 30 });
    expect(of(...Array.from({ length: 200 }, (_, index) => index + 1))).toEqual({
      p50: 100,
      p99: 198,
      max: 200,
    });
  });

  it('forgets all but the newest thousand', () => {
    const old = Array.from({ length: 5_000 }, () => 900);
    expect(of(...old, ...Array.from({ length: 999 }, () => 1))).toMatchObject({ p50: 1, max: 900 });
    expect(of(...old, ...Array.from({ length: 1_000 }, () => 1))).toEqual({ p50: 1, p99: 1, max: 1 });
  });
});
