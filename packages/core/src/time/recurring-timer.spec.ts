import { describe, expect, it, vi } from 'vitest';
import { ManualClock } from './manual-clock.ts';
import { RecurringTimer, type RecurringTimerOptions } from './recurring-timer.ts';

function setUp(startMs: number, options: Partial<RecurringTimerOptions> = {}) {
  const clock = new ManualClock(startMs);
  const ticks: number[] = [];
  const timer = new RecurringTimer({
    clock,
    periodMs: 100,
    name: 'test',
    callback: (nominalMs) => ticks.push(nominalMs),
    ...options,
  });
  return { clock, ticks, timer };
}

describe('RecurringTimer', () => {
  it.each([
    { nowMs: 0, startMs: 100 },
    { nowMs: 1, startMs: 100 },
    { nowMs: 99, startMs: 100 },
    { nowMs: 100, startMs: 200 },
    { nowMs: 101, startMs: 200 },
  ])('starts at $startMs, strictly after now at $nowMs', ({ nowMs, startMs }) => {
    expect(setUp(nowMs).timer.getStartTime()).toBe(startMs);
  });

  it.each([
    { nowMs: 130, originMs: 30, restartMs: 230 },
    { nowMs: 129, originMs: 30, restartMs: 130 },
    { nowMs: 1_000, originMs: 950, restartMs: 1_050 },
    { nowMs: 1_000, originMs: 1_000, restartMs: 1_100 },
  ])(
    'restarts at $restartMs, aligned to $originMs, when the time is $nowMs',
    ({ nowMs, originMs, restartMs }) => {
      expect(setUp(nowMs).timer.getRestartTime(originMs)).toBe(restartMs);
    },
  );

  it('ticks at every multiple of its period with the nominal time (BAT-2)', async () => {
    const { clock, ticks, timer } = setUp(50);
    expect(timer.start()).toBe(100);
    await clock.advance(350);
    expect(ticks).toEqual([100, 200, 300, 400]);
  });

  it('ticks from the given time', async () => {
    const { clock, ticks, timer } = setUp(0);
    expect(timer.start(250)).toBe(250);
    await clock.advance(450);
    expect(ticks).toEqual([250, 350, 450]);
  });

  it('makes every missed tick, in order, with its nominal time (BAT-2)', async () => {
    const { clock, ticks, timer } = setUp(0);
    timer.start();
    await clock.leapTo(450);
    expect(ticks).toEqual([100, 200, 300, 400]);
    await clock.advance(50);
    expect(ticks).toEqual([100, 200, 300, 400, 500]);
  });

  it('ticks at once when the start has passed', async () => {
    const { clock, ticks, timer } = setUp(500);
    timer.start(300);
    await clock.advance(0);
    expect(ticks).toEqual([300, 400, 500]);
  });

  it('stops at once when interrupted, and returns the last tick', async () => {
    const { clock, ticks, timer } = setUp(0);
    timer.start();
    await clock.advance(250);
    expect(await timer.stop({ interrupt: true })).toBe(200);
    await clock.advance(1_000);
    expect(ticks).toEqual([100, 200]);
    expect(clock.pendingTimers).toBe(0);
  });

  it('makes the awaited tick and one more when not interrupted', async () => {
    const { clock, ticks, timer } = setUp(0);
    timer.start();
    await clock.advance(150);
    const stopped = timer.stop({ interrupt: false });
    await clock.advance(1_000);
    expect(await stopped).toBe(300);
    expect(ticks).toEqual([100, 200, 300]);
  });

  it('makes exactly one more tick when stopped from its callback', async () => {
    const stops: Promise<number>[] = [];
    const { clock, timer } = setUp(0, { callback: () => stops.push(timer.stop({ interrupt: false })) });
    timer.start();
    await clock.advance(1_000);
    expect(await Promise.all(stops)).toEqual([200, 200]);
  });

  it('can be interrupted while it waits for the last ticks', async () => {
    const { clock, ticks, timer } = setUp(0);
    timer.start();
    await clock.advance(100);
    const gentle = timer.stop({ interrupt: false });
    expect(await timer.stop({ interrupt: true })).toBe(100);
    expect(await gentle).toBe(100);
    await clock.advance(1_000);
    expect(ticks).toEqual([100]);
  });

  it('returns the same time from every stop', async () => {
    const { clock, timer } = setUp(0);
    timer.start();
    await clock.advance(100);
    expect(await timer.stop({ interrupt: true })).toBe(100);
    expect(await timer.stop({ interrupt: false })).toBe(100);
  });

  it('returns -1 without a tick', async () => {
    const { timer } = setUp(0);
    timer.start();
    expect(await timer.stop({ interrupt: true })).toBe(-1);
    expect(await setUp(0).timer.stop({ interrupt: false })).toBe(-1);
  });

  it('reports errors of the callback and continues', async () => {
    const errors: unknown[] = [];
    const { clock, timer } = setUp(0, {
      callback: (nominalMs) => {
        throw new Error(`at ${nominalMs}`);
      },
      onError: (error, nominalMs) => errors.push([(error as Error).message, nominalMs]),
    });
    timer.start();
    await clock.advance(200);
    expect(errors).toEqual([
      ['at 100', 100],
      ['at 200', 200],
    ]);
  });

  it('throws the error without onError, and still continues', async () => {
    const { clock, timer } = setUp(0, {
      callback: () => {
        throw new Error('unhandled');
      },
    });
    timer.start();
    await expect(clock.advance(100)).rejects.toThrow('unhandled');
    await expect(clock.advance(100)).rejects.toThrow('unhandled');
    await timer.stop({ interrupt: true });
    expect(clock.pendingTimers).toBe(0);
  });

  it('continues a tenth slower when the wall clock is set back, until the clock has caught up (BAT-2)', async () => {
    const made: [nominalMs: number, afterMs: number, aheadMs: number][] = [];
    const { clock, timer } = setUp(1_000, {
      callback: (nominalMs) => made.push([nominalMs, clock.monotonicMs(), nominalMs - clock.now()]),
    });
    timer.start();
    await clock.advance(150);
    await clock.setWallTime(1_125);
    await clock.advance(450);
    expect(made).toEqual([
      [1_100, 100, 0],
      [1_200, 210, 15],
      [1_300, 320, 5],
      [1_400, 425, 0],
      [1_500, 525, 0],
    ]);
  });

  it('ticks at its pace for the whole time of a step back of an hour', async () => {
    const { clock, ticks, timer } = setUp(10_000_000);
    timer.start();
    await clock.advance(100);
    await clock.setWallTime(clock.now() - 3_600_000);
    await clock.advance(11_000);
    expect(ticks).toHaveLength(101);
    expect(new Set(ticks).size).toBe(101);
  });

  it('makes up for the ticks that a wall clock set forward has passed', async () => {
    const { clock, ticks, timer } = setUp(0);
    timer.start();
    await clock.setWallTime(350);
    expect(ticks).toEqual([100, 200, 300]);
    await clock.advance(50);
    expect(ticks).toEqual([100, 200, 300, 400]);
  });

  it('makes only the latest tick when more ticks were missed than it makes up for', async () => {
    const { clock, ticks, timer } = setUp(0, { missedMax: 3 });
    timer.start();
    // The first tick is due, and three more were missed: exactly as many as are made up for.
    await clock.setWallTime(499);
    expect(ticks).toEqual([100, 200, 300, 400]);
    await clock.setWallTime(Date.UTC(2026, 0, 1) + 30);
    expect(ticks.slice(4)).toEqual([Date.UTC(2026, 0, 1)]);
    await clock.advance(70);
    expect(ticks.at(-1)).toBe(Date.UTC(2026, 0, 1) + 100);
  });

  it('waits for lengths only with mayRepeat, because a clock spends processor time on exact instants', async () => {
    const { clock, ticks, timer } = setUp(1_000, { mayRepeat: true });
    const schedule = vi.spyOn(clock, 'schedule');
    timer.start();
    await clock.advance(300);
    expect(ticks).toHaveLength(3);
    expect(schedule).not.toHaveBeenCalled();
    await timer.stop({ interrupt: true });
  });

  it('keeps its period and repeats nominal times with mayRepeat', async () => {
    const { clock, ticks, timer } = setUp(1_000, { mayRepeat: true });
    timer.start();
    await clock.advance(250);
    await clock.setWallTime(1_020);
    await clock.advance(280);
    expect(ticks).toEqual([1_100, 1_200, 1_300, 1_100, 1_200, 1_300]);
    expect(clock.monotonicMs()).toBe(530);
  });

  it('makes the first tick within the given time', async () => {
    const { clock, ticks, timer } = setUp(0);
    timer.start(10_000, 110);
    await clock.advance(109);
    expect(ticks).toEqual([]);
    await clock.advance(1);
    expect(ticks).toEqual([10_000]);
  });

  it('refuses a second start and a period of 0', () => {
    const { timer } = setUp(0);
    timer.start();
    expect(() => timer.start()).toThrow(TypeError);
    expect(() => setUp(0, { periodMs: 0 })).toThrow(TypeError);
  });
});
