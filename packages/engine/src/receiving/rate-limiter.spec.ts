import { ManualClock } from '@millrace/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RateLimiter } from './rate-limiter.ts';
import { resolveReceivingOptions } from './receiving-options.ts';

function limiterWith(maxRate: number, over: { maxBytesPerSecond?: number; initialRate?: number } = {}) {
  const { initialRate, ...rest } = over;
  const clock = new ManualClock(1_000_000);
  const limiter = new RateLimiter({
    clock,
    options: resolveReceivingOptions({ maxRate, ...rest }),
    initialRate,
  });
  const refills = { count: 0 };
  limiter.start(() => (refills.count += 1));
  return { limiter, clock, refills };
}

describe('RateLimiter', () => {
  it('has no limit at a maxRate of 0, and needs no timer then', () => {
    const { limiter, clock } = limiterWith(0);
    limiter.take(1e9, 1e12);
    expect([limiter.isOpen, limiter.availableRecords, clock.pendingTimers]).toEqual([true, Infinity, 0]);
  });

  it('accumulates a tenth of a second, not a whole one', async () => {
    const { limiter, clock } = limiterWith(1_000);
    await clock.advance(60_000);
    expect(limiter.availableRecords).toBe(100);
  });

  it('refills by ticks, and has no timer while it is full', async () => {
    const { limiter, clock, refills } = limiterWith(1_000);
    expect(clock.pendingTimers).toBe(0);
    limiter.take(50, 0);
    await clock.advance(20);
    expect(limiter.availableRecords).toBe(70);
    await clock.advance(40);
    expect([limiter.availableRecords, refills.count, clock.pendingTimers]).toEqual([100, 3, 0]);
  });

  it('pays debts before it opens again', async () => {
    const { limiter, clock } = limiterWith(1_000);
    limiter.take(600, 0);
    await clock.advance(480);
    expect([limiter.isOpen, limiter.availableRecords]).toEqual([false, -20]);
    await clock.advance(40);
    expect(limiter.isOpen).toBe(true);
  });

  it('grants one record now and then at a rate below one per tick', async () => {
    const { limiter, clock } = limiterWith(0.5);
    limiter.take(1, 0);
    await clock.advance(1_980);
    expect(limiter.isOpen).toBe(false);
    await clock.advance(20);
    expect(limiter.availableRecords).toBe(1);
  });

  it('limits bytes as well', async () => {
    const { limiter, clock } = limiterWith(0, { maxBytesPerSecond: 1_000 });
    limiter.take(1, 500);
    expect([limiter.isOpen, limiter.availableBytes]).toEqual([false, -400]);
    await clock.advance(420);
    expect(limiter.isOpen).toBe(true);
  });

  it('sets a rate of bytes with the rate of records, below the hard limit', () => {
    const { limiter } = limiterWith(0, { maxBytesPerSecond: 1_000 });
    limiter.updateRate(10, 500);
    expect(limiter.availableBytes).toBe(50);
    limiter.updateRate(10, 5_000);
    limiter.take(0, 1_000);
    expect(limiter.availableBytes).toBe(-950);
    limiter.updateRate(10);
    expect(limiter.availableBytes).toBe(-950);
  });

  it('is capped by maxRate, and ignores an invalid rate', () => {
    const { limiter } = limiterWith(100, { initialRate: 500 });
    expect(limiter.recordsPerSecond).toBe(100);
    limiter.updateRate(40);
    for (const nothing of [0, -5, Number.NaN]) limiter.updateRate(nothing);
    expect(limiter.recordsPerSecond).toBe(40);
    limiter.updateRate(Infinity);
    expect(limiter.recordsPerSecond).toBe(100);
  });

  it('reports a change of the rate, and keeps the debt', async () => {
    const { limiter, clock, refills } = limiterWith(0);
    limiter.updateRate(1_000);
    expect(refills.count).toBe(1);
    limiter.take(300, 0);
    limiter.updateRate(10_000);
    expect(limiter.availableRecords).toBe(-200);
    await clock.advance(40);
    expect(limiter.availableRecords).toBe(200);
  });

  it('does not refill while stopped, and continues after a new start', async () => {
    const { limiter, clock } = limiterWith(1_000);
    limiter.take(200, 0);
    limiter.stop();
    await clock.advance(1_000);
    expect([limiter.availableRecords, clock.pendingTimers]).toEqual([-100, 0]);
    limiter.start(() => undefined);
    await clock.advance(100);
    expect(limiter.isOpen).toBe(false);
    await clock.advance(20);
    expect(limiter.isOpen).toBe(true);
  });
});

describe('RateLimiter in the long run', () => {
  /** The records that a source stores in `seconds` when it always has one and stores while welcome. */
  async function storedBy(
    seconds: number,
    over: { maxRate: number; rateTickMs: number; rateBurstMs: number },
  ) {
    const clock = new ManualClock(1_000_003);
    const limiter = new RateLimiter({ clock, options: resolveReceivingOptions(over) });
    let stored = 0;
    const store = () => {
      for (; limiter.isOpen; stored += 1) limiter.take(1, 0);
    };
    limiter.start(store);
    store();
    await clock.advance(seconds * 1_000);
    return stored;
  }

  it.each([0.3, 1, 3, 7, 9, 11, 11.9, 12, 13, 47, 99, 1_000])(
    'keeps %d records a second',
    async (maxRate) => {
      const stored = await storedBy(100, { maxRate, rateTickMs: 20, rateBurstMs: 100 });
      expect(Math.abs(stored - 100 * maxRate)).toBeLessThanOrEqual(2 + maxRate * 0.12);
    },
  );

  it('keeps any rate, for any tick and burst', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.double({ min: 0.2, max: 500, noNaN: true }),
        fc.integer({ min: 1, max: 500 }),
        fc.integer({ min: 0, max: 1_000 }),
        async (maxRate, rateTickMs, moreMs) => {
          const rateBurstMs = rateTickMs + moreMs;
          const seconds = Math.max(20, Math.ceil(20 / maxRate));
          const stored = await storedBy(seconds, { maxRate, rateTickMs, rateBurstMs });
          const slack = 2 + (maxRate * (Math.max(rateBurstMs, rateTickMs) + rateTickMs)) / 1_000;
          expect(Math.abs(stored - seconds * maxRate)).toBeLessThanOrEqual(slack);
        },
      ),
      { numRuns: 40 },
    );
  });
});
