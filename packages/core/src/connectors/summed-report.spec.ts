import { describe, expect, it } from 'vitest';
import { ManualClock } from '../time/manual-clock.ts';
import { SummedReport } from './summed-report.ts';

describe('SummedReport', () => {
  it('reports the first event at once and the rest once a second', async () => {
    const clock = new ManualClock();
    const told: [number, number][] = [];
    const report = new SummedReport({ clock, tell: (untold, total) => told.push([untold, total]) });
    for (const count of [2, 0, 3, 4]) report.add(count);
    expect(told).toEqual([[2, 2]]);
    await clock.advance(5_000);
    expect(told).toEqual([
      [2, 2],
      [7, 9],
    ]);
    report.add(1);
    report.add(1);
    report.flush();
    report.flush();
    expect(told.slice(2)).toEqual([
      [1, 10],
      [1, 11],
    ]);
    expect(clock.pendingTimers).toBe(0);
  });
});
