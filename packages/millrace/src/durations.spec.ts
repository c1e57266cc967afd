import { describe, expect, it } from 'vitest';
import { hours, minutes, seconds } from './durations.ts';

describe('lengths of time', () => {
  it('are whole milliseconds', () => {
    expect([seconds(2), seconds(0.5), seconds(0.07), minutes(1.5), hours(0.25)]).toEqual([
      2_000, 500, 70, 90_000, 900_000,
    ]);
  });

  it('are zero or negative for such counts, which every option refuses', () => {
    expect([seconds(0), minutes(-1), hours(Number.NaN)]).toEqual([0, -60_000, Number.NaN]);
  });
});
