import { describe, expect, it } from 'vitest';
import { PollTimes } from './poll-times.ts';

describe('PollTimes', () => {
  it('begins with the start', () => {
    const times = new PollTimes(500, 100);
    expect(times.latest(500)).toBe(500);
    expect(times.upTo(500, [420, 490])).toEqual([500]);
  });

  it('continues by the interval without drift', () => {
    const times = new PollTimes(500, 100);
    times.served(times.latest(537));
    expect(times.nextMs).toBe(600);
    expect(times.latest(612)).toBe(600);
  });

  it('covers every missed poll that has a file', () => {
    const times = new PollTimes(500, 100);
    times.served(500);
    expect(times.upTo(times.latest(1_250), [300, 610.5, 700, 701, 1_240])).toEqual([600, 700, 800, 1_200]);
  });

  it('covers a pause of any length without counting through the polls', () => {
    const times = new PollTimes(0, 1);
    const aCenturyMs = 3_155_760_000_000;
    expect(times.upTo(times.latest(aCenturyMs), [5, 5.5])).toEqual([5, 6, aCenturyMs]);
  });

  it('does not go back when the clock is set back', () => {
    const times = new PollTimes(500, 100);
    times.served(500);
    expect(times.latest(200)).toBe(600);
  });
});
