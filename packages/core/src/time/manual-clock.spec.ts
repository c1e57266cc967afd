import { describe, expect, it } from 'vitest';
import { ManualClock } from './manual-clock.ts';

/** A few turns of the event loop, without any clock. */
async function turns(): Promise<void> {
  for (let i = 0; i < 3; i += 1) await new Promise((resolve) => setImmediate(resolve));
}

describe('ManualClock', () => {
  it('executes due calls in order of time and then of request', async () => {
    const clock = new ManualClock();
    const calls: string[] = [];
    clock.schedule(20, () => calls.push(`late at ${clock.now()}`));
    clock.schedule(10, () => calls.push(`first at ${clock.now()}`));
    clock.schedule(10, () => calls.push(`second at ${clock.now()}`));
    clock.schedule(31, () => calls.push('never'));
    await clock.advance(30);
    expect(calls).toEqual(['first at 10', 'second at 10', 'late at 20']);
    expect(clock.now()).toBe(30);
    expect(clock.pendingTimers).toBe(1);
  });

  it('lets promise work finish before time moves on', async () => {
    const clock = new ManualClock(1_000);
    const seen: number[] = [];
    const worker = async (): Promise<void> => {
      await clock.sleepUntil(1_010);
      for (let i = 0; i < 50; i += 1) await undefined;
      seen.push(clock.now());
      await clock.sleepUntil(clock.now() + 5);
      seen.push(clock.now());
    };
    const done = worker();
    await clock.advance(100);
    await done;
    expect(seen).toEqual([1_010, 1_015]);
  });

  it('executes calls scheduled by other calls on the way', async () => {
    const clock = new ManualClock();
    const calls: number[] = [];
    const tick = (): void => {
      calls.push(clock.now());
      clock.schedule(clock.now() + 10, tick);
    };
    clock.schedule(10, tick);
    await clock.advance(35);
    expect(calls).toEqual([10, 20, 30]);
  });

  it('executes a call whose time has come in a later turn, without being advanced', async () => {
    const clock = new ManualClock(100);
    const calls: string[] = [];
    clock.schedule(100, () => calls.push('now'));
    clock.schedule(50, () => calls.push('past'));
    expect(calls).toEqual([]);
    await turns();
    expect(calls).toEqual(['now', 'past']);
    expect(clock.pendingTimers).toBe(0);
  });

  it('does not delay punctual calls for late ones', async () => {
    const clock = new ManualClock(100);
    const calls: string[] = [];
    const late = (): void => {
      calls.push('late');
      if (calls.length < 4) clock.schedule(0, late);
    };
    clock.schedule(0, late);
    clock.schedule(100, () => calls.push('punctual'));
    await clock.advance(0);
    expect(calls.slice(0, 2)).toEqual(['late', 'punctual']);
  });

  it('does not execute cancelled calls', async () => {
    const clock = new ManualClock();
    const calls: number[] = [];
    const timer = clock.schedule(10, () => calls.push(1));
    timer.cancel();
    await clock.advance(20);
    expect(calls).toEqual([]);
    expect(clock.pendingTimers).toBe(0);
  });

  it('advances its monotonic time, which never goes back', async () => {
    const clock = new ManualClock(5_000);
    await clock.advance(30);
    await clock.setTime(1_000);
    expect(clock.monotonicMs()).toBe(30);
    await clock.advance(5);
    expect(clock.monotonicMs()).toBe(35);
  });

  it('executes nothing when it is set back, and waits for the wall time', async () => {
    const clock = new ManualClock(1_000);
    const calls: number[] = [];
    clock.schedule(1_010, () => calls.push(clock.now()));
    await clock.setTime(500);
    expect(clock.now()).toBe(500);
    await clock.advance(509);
    expect(calls).toEqual([]);
    await clock.advance(1);
    expect(calls).toEqual([1_010]);
  });

  it('waits for lengths however the wall clock is set', async () => {
    const clock = new ManualClock(1_000_000);
    const calls: string[] = [];
    clock.after(100, () => calls.push(`after at ${clock.monotonicMs()}`));
    void clock.sleepFor(150).then(() => calls.push(`slept at ${clock.monotonicMs()}`));
    await clock.advance(50);
    await clock.setWallTime(1_000);
    await clock.advance(49);
    expect(calls).toEqual([]);
    await clock.setWallTime(9_000_000);
    expect(calls).toEqual([]);
    expect(clock.monotonicMs()).toBe(99);
    await clock.advance(51);
    expect(calls).toEqual(['after at 100', 'slept at 150']);
    expect(clock.now()).toBe(9_000_051);
    expect(clock.pendingTimers).toBe(0);
  });

  it('executes instants that the wall clock was set past, and no lengths', async () => {
    const clock = new ManualClock(1_000);
    const calls: string[] = [];
    clock.after(500, () => calls.push('length'));
    clock.schedule(2_000, () => calls.push(`second at ${clock.now()}`));
    clock.schedule(1_500, () => calls.push(`first at ${clock.now()}`));
    await clock.setWallTime(5_000);
    expect(calls).toEqual(['first at 5000', 'second at 5000']);
  });

  it('executes instants and lengths that are due together in the order of request', async () => {
    const clock = new ManualClock(1_000);
    const calls: string[] = [];
    clock.after(10, () => calls.push('length'));
    clock.schedule(1_010, () => calls.push('instant'));
    clock.after(10, () => calls.push('second length'));
    await clock.advance(10);
    expect(calls).toEqual(['length', 'instant', 'second length']);
  });

  it('accepts fractions of milliseconds, and reports whole ones', async () => {
    const clock = new ManualClock(1_000);
    const calls: number[] = [];
    const again = (): void => {
      calls.push(clock.now());
      if (calls.length < 30) clock.after(0.1, again);
    };
    clock.after(0.1, again);
    await clock.advance(4);
    expect(calls).toHaveLength(30);
    expect(calls.every((ms) => Number.isInteger(ms))).toBe(true);
  });

  it('executes calls late when it leaps', async () => {
    const clock = new ManualClock();
    const calls: string[] = [];
    clock.schedule(10, () => calls.push(`first at ${clock.now()}`));
    clock.schedule(20, () => calls.push(`second at ${clock.now()}`));
    await clock.leapTo(1_000);
    expect(calls).toEqual(['first at 1000', 'second at 1000']);
  });

  it('refuses to be moved during a move', async () => {
    const clock = new ManualClock();
    const first = clock.advance(10);
    await expect(clock.advance(10)).rejects.toThrow(TypeError);
    await first;
    expect(clock.now()).toBe(10);
  });

  it('refuses to advance by a negative length', async () => {
    const clock = new ManualClock();
    await expect(clock.advance(-1)).rejects.toThrow(TypeError);
    await expect(clock.advance(Number.NaN)).rejects.toThrow(TypeError);
    await expect(clock.setTime(Infinity)).rejects.toThrow(TypeError);
    expect(clock.now()).toBe(0);
  });

  it('passes on the error of a call and can be moved again', async () => {
    const clock = new ManualClock();
    clock.schedule(10, () => {
      throw new Error('by the caller');
    });
    await expect(clock.advance(20)).rejects.toThrow('by the caller');
    expect(clock.now()).toBe(10);
    await clock.advance(10);
    expect(clock.now()).toBe(20);
  });

  it('rejects a sleep with the reason of its signal and drops the sleep', async () => {
    const clock = new ManualClock();
    const abort = new AbortController();
    const sleep = clock.sleepUntil(10, abort.signal);
    abort.abort(new Error('enough'));
    await expect(sleep).rejects.toThrow('enough');
    expect(clock.pendingTimers).toBe(0);
  });
});
