import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SystemClock } from './system-clock.ts';

const HOUR_MS = 3_600_000;

// The host's timers and wall clock are played by vitest, so that a clock can be set back and months can pass.
beforeEach(() => {
  vi.useFakeTimers({
    now: 1_000_000,
    toFake: ['Date', 'performance', 'setTimeout', 'clearTimeout', 'setImmediate', 'clearImmediate'],
  });
});
afterEach(() => {
  // In this order: a spy of a played timer would otherwise bring that timer back, for later files of the process.
  vi.restoreAllMocks();
  vi.useRealTimers();
});

describe('SystemClock', () => {
  it('executes a call at its time, not before', () => {
    const clock = new SystemClock();
    const calls: number[] = [];
    clock.schedule(1_000_250, () => calls.push(clock.now()));
    vi.advanceTimersByTime(249);
    expect(calls).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(calls).toEqual([1_000_250]);
  });

  it('executes calls due together in the order of request', () => {
    const clock = new SystemClock();
    const calls: string[] = [];
    clock.schedule(1_000_020, () => calls.push('late'));
    clock.schedule(1_000_010, () => calls.push('first'));
    clock.schedule(1_000_010, () => calls.push('second'));
    vi.advanceTimersByTime(30);
    expect(calls).toEqual(['first', 'second', 'late']);
  });

  it('never executes a call inside schedule, also when the time has come', () => {
    const clock = new SystemClock();
    const calls: number[] = [];
    clock.schedule(0, () => calls.push(1));
    expect(calls).toEqual([]);
    vi.advanceTimersByTime(0);
    expect(calls).toEqual([1]);
  });

  it('executes a late call scheduled by another call in a later turn', () => {
    const clock = new SystemClock();
    const calls: string[] = [];
    const again = (): void => {
      calls.push('again');
      if (calls.length < 5) clock.schedule(0, again);
    };
    clock.schedule(0, again);
    clock.schedule(1_000_000, () => calls.push('punctual'));
    vi.runAllTimers();
    expect(calls.slice(0, 3)).toEqual(['again', 'punctual', 'again']);
  });

  it('uses one host timer for all waiting calls', () => {
    const clock = new SystemClock();
    for (let i = 1; i <= 100; i += 1) clock.schedule(1_000_000 + i * 100, () => {});
    expect(vi.getTimerCount()).toBe(1);
  });

  it('reaches targets beyond 2^31 milliseconds', () => {
    const clock = new SystemClock();
    const calls: number[] = [];
    const atMs = 1_000_000 + 600 * HOUR_MS;
    clock.schedule(atMs, () => calls.push(clock.now()));
    expect(atMs - clock.now()).toBeGreaterThan(2 ** 31);
    vi.advanceTimersByTime(10_000);
    vi.setSystemTime(atMs - 2_000);
    vi.advanceTimersByTime(1_999);
    expect(calls).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(calls).toEqual([atMs]);
  });

  it('follows a wall clock that is set forward', () => {
    const clock = new SystemClock();
    const calls: number[] = [];
    clock.schedule(1_000_000 + HOUR_MS, () => calls.push(clock.now()));
    vi.setSystemTime(1_000_000 + HOUR_MS);
    vi.advanceTimersByTime(1_000);
    expect(calls).toHaveLength(1);
  });

  it('continues to wait when the wall clock is set back', () => {
    const clock = new SystemClock();
    const calls: number[] = [];
    clock.schedule(1_000_500, () => calls.push(clock.now()));
    vi.setSystemTime(1_000_000 - HOUR_MS);
    vi.advanceTimersByTime(HOUR_MS + 499);
    expect(calls).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(calls).toEqual([1_000_500]);
  });

  it('is prompt for new calls after the wall clock was set forward', () => {
    const clock = new SystemClock();
    const calls: number[] = [];
    clock.schedule(1_000_000 + 10 * HOUR_MS, () => {});
    vi.setSystemTime(1_000_000 + HOUR_MS);
    clock.schedule(1_000_000 + HOUR_MS + 10, () => calls.push(clock.now()));
    vi.advanceTimersByTime(10);
    expect(calls).toEqual([1_000_000 + HOUR_MS + 10]);
  });

  it('waits for a length of time under any setting of the wall clock', async () => {
    const clock = new SystemClock();
    const calls: string[] = [];
    clock.after(500, () => calls.push('after'));
    void clock.sleepFor(600).then(() => calls.push('slept'));
    vi.setSystemTime(1_000_000 - HOUR_MS);
    await vi.advanceTimersByTimeAsync(499);
    expect(calls).toEqual([]);
    vi.setSystemTime(1_000_000 + HOUR_MS);
    await vi.advanceTimersByTimeAsync(1);
    expect(calls).toEqual(['after']);
    await vi.advanceTimersByTimeAsync(100);
    expect(calls).toEqual(['after', 'slept']);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('waits for lengths beyond 2^31 milliseconds, and wakes once a day for these', () => {
    const clock = new SystemClock();
    const calls: number[] = [];
    clock.after(600 * HOUR_MS, () => calls.push(clock.monotonicMs()));
    vi.advanceTimersByTime(600 * HOUR_MS - 1);
    expect(calls).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(calls).toHaveLength(1);
  });

  it.each([
    ['a length', (clock: SystemClock, call: () => void) => clock.after(5.5, call)],
    ['a length below a millisecond', (clock: SystemClock, call: () => void) => clock.after(0.2, call)],
    [
      'an instant at the end of a millisecond',
      (clock: SystemClock, call: () => void) => clock.schedule(1_000_010, call),
    ],
  ])('waits for %s without turns of the event loop', (_, request) => {
    const turns = vi.spyOn(globalThis, 'setImmediate');
    const clock = new SystemClock();
    let calls = 0;
    request(clock, () => (calls += 1));
    vi.advanceTimersByTime(20);
    expect(calls).toBe(1);
    expect(turns).not.toHaveBeenCalled();
  });

  it('executes instants and lengths that are due together in the order of request', () => {
    const clock = new SystemClock();
    const calls: string[] = [];
    clock.after(10, () => calls.push('length'));
    clock.schedule(1_000_010, () => calls.push('instant'));
    clock.after(10, () => calls.push('second length'));
    vi.advanceTimersByTime(20);
    expect(calls).toEqual(['length', 'instant', 'second length']);
  });

  it('does not execute cancelled calls, and then sets no timer', () => {
    const clock = new SystemClock();
    const calls: number[] = [];
    const timer = clock.schedule(1_000_010, () => calls.push(1));
    timer.cancel();
    timer.cancel();
    expect(vi.getTimerCount()).toBe(0);
    vi.advanceTimersByTime(50);
    expect(calls).toEqual([]);
  });

  it('permits a call to cancel another call due at the same time', () => {
    const clock = new SystemClock();
    const calls: string[] = [];
    clock.schedule(1_000_010, () => second.cancel());
    const second = clock.schedule(1_000_010, () => calls.push('second'));
    vi.advanceTimersByTime(50);
    expect(calls).toEqual([]);
  });

  it('executes the other calls although one throws', () => {
    const clock = new SystemClock();
    const calls: string[] = [];
    clock.schedule(1_000_010, () => {
      throw new Error('by the caller');
    });
    clock.schedule(1_000_010, () => calls.push('other'));
    expect(() => vi.advanceTimersByTime(50)).toThrow('by the caller');
    vi.advanceTimersByTime(50);
    expect(calls).toEqual(['other']);
  });

  it('sleeps until the time, or until the signal is aborted', async () => {
    const clock = new SystemClock();
    const abort = new AbortController();
    const slept = clock.sleepUntil(1_000_100);
    const aborted = clock.sleepUntil(1_000_000 + HOUR_MS, abort.signal);
    abort.abort(new Error('enough'));
    await expect(aborted).rejects.toThrow('enough');
    await vi.advanceTimersByTimeAsync(100);
    await slept;
    expect(vi.getTimerCount()).toBe(0);
  });

  it('rejects a sleep whose signal was aborted before', async () => {
    const clock = new SystemClock();
    const sleep = clock.sleepUntil(2_000_000, AbortSignal.abort(new Error('too late')));
    await expect(sleep).rejects.toThrow('too late');
    expect(vi.getTimerCount()).toBe(0);
  });

  it('refuses a time that is not a number', () => {
    expect(() => new SystemClock().schedule(Number.NaN, () => {})).toThrow(TypeError);
    expect(() => new SystemClock().after(Number.NaN, () => {})).toThrow(TypeError);
  });
});
