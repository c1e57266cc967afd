import { ManualClock } from '@millrace/core';
import { describe, expect, it } from 'vitest';
import { dueAfterMs, ReplayTimer } from './pacing.ts';

describe('dueAfterMs', () => {
  it('divides event time by the speed', () => {
    expect(dueAfterMs(61_000, { originMs: 1_000, speed: 60 })).toBe(1_000);
    expect(dueAfterMs(1_500, { originMs: 1_000, speed: 0.5 })).toBe(1_000);
  });

  it('never waits for records older than the origin, nor at full speed', () => {
    expect(dueAfterMs(0, { originMs: 1_000, speed: 1 })).toBeLessThan(0);
    expect(dueAfterMs(5_000, { originMs: 1_000, speed: 'max' })).toBe(0);
  });
});

describe('ReplayTimer', () => {
  const timerOn = (clock: ManualClock, signal = new AbortController().signal) =>
    new ReplayTimer({ clock, signal, tickMs: 10 });

  it('resolves at its moment, or up to a tick later for a near moment', async () => {
    const clock = new ManualClock(5_000);
    const timer = timerOn(clock);
    const reached: number[] = [];
    const waiting = (async () => {
      for (const afterMs of [25, 27, 34, 35, 90]) {
        if (!timer.hasCome(afterMs)) await timer.until(afterMs);
        reached.push(clock.now() - 5_000);
      }
    })();
    await clock.advance(200);
    await waiting;
    expect(reached).toEqual([25, 35, 35, 35, 90]);
  });

  it('counts elapsed time when the clock of the machine is set', async () => {
    const clock = new ManualClock(5_000);
    const timer = timerOn(clock);
    await clock.setTime(1_000);
    let isReached = false;
    const waiting = timer.until(50).then(() => (isReached = true));
    await clock.advance(49);
    expect(isReached).toBe(false);
    await clock.advance(1);
    await waiting;
  });

  it('ends a wait when the receiver is stopped', async () => {
    const clock = new ManualClock();
    const stopping = new AbortController();
    const waiting = timerOn(clock, stopping.signal).until(50);
    stopping.abort(new Error('stopped'));
    await expect(waiting).rejects.toThrow('stopped');
    expect(clock.pendingTimers).toBe(0);
  });
});
