// A whole engine under a source that is much faster than its job, in virtual time.
import {
  defineReceiver,
  noOptions,
  type BatchInfo,
  type Receiver,
  type ReceiverContext,
} from '@millrace/core';
import { virtualPorts } from '@millrace/testing';
import { describe, expect, it } from 'vitest';
import type { StandaloneContextOptions } from './context-options.ts';
import { StreamingContext } from './streaming-context.ts';

const INTERVAL_MS = 1_000;

interface Job {
  /** Records per second that the source produces. */
  sourceRate: number;
  recordCostMs: number;
}

/** A source of numbers from 0 up, and a job that spends a fixed time on each. */
function running(job: Job, options: Partial<StandaloneContextOptions> = {}) {
  const world = virtualPorts({ startMs: 0 });
  const ssc = new StreamingContext({
    appName: 'pressed',
    batchIntervalMs: INTERVAL_MS,
    plugins: [world.plugin],
    ...options,
  });
  const seen = { stored: 0, processed: 0, isInOrder: true, mostHeld: 0 };
  const batches: BatchInfo[] = [];
  const rates: number[] = [];
  ssc.on('batch:completed', ({ batch }) => void batches.push(batch));
  ssc.on('receiver:rate-changed', ({ rate }) => void rates.push(rate.recordsPerSecond));
  const start = async (context: ReceiverContext<number>): Promise<void> => {
    while (!context.signal.aborted) {
      const stepMs = 10;
      for (let due = (job.sourceRate * stepMs) / 1_000; due > 0; due -= 1) {
        const isWelcome = context.store(seen.stored);
        seen.stored += 1;
        seen.mostHeld = Math.max(seen.mostHeld, seen.stored - seen.processed);
        if (!isWelcome) await context.ready();
      }
      await world.clock.sleepFor(stepMs, context.signal);
    }
  };
  ssc.receiverStream(source(start)).foreachRDD(async (rdd) => {
    const records = await rdd.collect();
    for (const record of records) {
      seen.isInOrder &&= record === seen.processed;
      seen.processed += 1;
    }
    await world.clock.sleepFor(records.length * job.recordCostMs);
  });
  return { ...world, ssc, seen, batches, rates };
}

function source(start: (context: ReceiverContext<number>) => Promise<void>) {
  const create = (): Receiver<number> => ({
    // Ends when the receiver is stopped; both waits reject then.
    start: (context) => void start(context).catch(() => undefined),
    stop: () => undefined,
  });
  const capabilities = { ack: 'none', replayable: false, ordering: 'per-stream', pause: true } as const;
  return defineReceiver({
    name: 'numbers',
    contract: 1,
    capabilities: { ...capabilities, bounded: false, format: 'records', touches: [] },
    options: noOptions,
    create,
  })({});
}

const delaysOf = (batches: readonly BatchInfo[]) => batches.map(({ totalDelayMs = 0 }) => totalDelayMs);

describe('a source ten times faster than its job', () => {
  it('is limited to the rate of the job: memory bounded, delay steady, nothing lost (BLK-2)', async () => {
    const job = { sourceRate: 10_000, recordCostMs: 1 };
    const { ssc, clock, seen, batches } = running(job, { backPressure: { initialRate: 2_000 } });
    await ssc.start();
    await clock.advance(60_000);
    const settled = batches.slice(-20);
    expect(Math.max(...delaysOf(settled))).toBeLessThan(INTERVAL_MS * 1.5);
    expect(seen.mostHeld).toBeLessThan(10_000);
    expect(seen.processed).toBeGreaterThan(60_000 * 0.75);
    job.sourceRate = 100;
    await clock.advance(5_000);
    expect(seen.stored - seen.processed).toBeLessThanOrEqual(200);
    const stopping = ssc.stop();
    await clock.advance(5_000);
    expect(await stopping).toMatchObject({ isClean: true });
    expect(seen).toMatchObject({ processed: seen.stored, isInOrder: true });
  });

  it('fills memory without back-pressure, up to the bounds', async () => {
    const job = { sourceRate: 10_000, recordCostMs: 1 };
    const { ssc, clock, seen } = running(job, { backPressure: false });
    await ssc.start();
    await clock.advance(20_000);
    expect(seen.mostHeld).toBeGreaterThan(150_000);
    await ssc.stop({ graceful: false });
  });

  it('has a first batch of no more than the initial rate', async () => {
    const job = { sourceRate: 100_000, recordCostMs: 0.01 };
    const { ssc, clock, batches } = running(job, { backPressure: { initialRate: 500 } });
    await ssc.start();
    await clock.advance(2_500);
    // The limiter may save up the records of a tenth of a second.
    expect(batches[0]?.recordCount).toBeLessThanOrEqual(550);
    expect(batches[0]?.recordCount).toBeGreaterThan(400);
    await ssc.stop({ graceful: false });
  });

  it('reduces the rate while the first batch runs far beyond its interval', async () => {
    const job = { sourceRate: 100_000, recordCostMs: 20 };
    const { ssc, clock, batches, rates } = running(job, { backPressure: { initialRate: 1_000 } });
    await ssc.start();
    await clock.advance(10_500);
    expect(batches).toEqual([]);
    expect(rates[0]).toBe(1_000);
    expect(rates.at(-1)).toBeLessThan(130);
    await ssc.stop({ graceful: false });
  });

  it('keeps at least the minimum rate, and at most the hard limit', async () => {
    const job = { sourceRate: 100_000, recordCostMs: 0.001 };
    const bounds = { receiving: { maxRate: 3_000 }, backPressure: { initialRate: 2_000, minRate: 1_500 } };
    const { ssc, clock, rates, seen } = running(job, bounds);
    await ssc.start();
    await clock.advance(10_000);
    expect(rates.at(-1)).toBe(3_000);
    job.recordCostMs = 10;
    await clock.advance(60_000);
    expect(Math.min(...rates)).toBe(1_500);
    expect(seen.isInOrder).toBe(true);
    await ssc.stop({ graceful: false });
  });
});

describe('a receiver that ignores false', () => {
  it('is refused and reported, even when its receiver hides the refusal (BLK-2)', async () => {
    const world = virtualPorts({ startMs: 0 });
    const ssc = new StreamingContext({
      appName: 'deaf',
      batchIntervalMs: INTERVAL_MS,
      receiving: { maxRecordsPerBlock: 1_000, maxHeldRecords: 10_000 },
      plugins: [world.plugin],
    });
    const seen = { stored: 0, refused: 0, processed: 0 };
    const storeOn = async (context: ReceiverContext<number>): Promise<void> => {
      while (!context.signal.aborted) {
        for (let n = 0; n < 1_000; n += 1) {
          try {
            context.store(n);
            seen.stored += 1;
          } catch {
            seen.refused += 1;
          }
        }
        await world.clock.sleepFor(10, context.signal);
      }
    };
    ssc.receiverStream(source(storeOn)).foreachRDD(async (rdd) => void (seen.processed += await rdd.count()));
    const errors: (string | undefined)[] = [];
    ssc.on('receiver:error', ({ receiver }) => void errors.push(receiver.lastError?.code));
    await ssc.start();
    await world.clock.advance(5_000);
    expect(new Set(errors)).toEqual(new Set(['MR_RECEIVER_OVERRUN']));
    expect(errors.length).toBeLessThan(20);
    expect(seen.refused).toBeGreaterThan(100_000);
    expect(seen.stored - seen.processed).toBeLessThan(70_000);
    const stopping = ssc.stop();
    await world.clock.advance(5_000);
    expect(await stopping).toMatchObject({ isClean: true });
    expect(seen.processed).toBe(seen.stored);
  });
});

describe('the options of back-pressure', () => {
  it.each<[unknown, string]>([
    [{ initialRate: 0 }, 'backPressure.initialRate'],
    [{ minRate: -1 }, 'backPressure.minRate'],
    [{ minRate: 20_000 }, 'backPressure.minRate'],
    [{ rate: 1 }, 'backPressure.rate'],
    ['on', 'backPressure'],
  ])('refuse %j', (backPressure, option) => {
    const options = { appName: 'a', batchIntervalMs: 1, backPressure: backPressure as boolean };
    expect(() => new StreamingContext(options)).toThrow(
      expect.objectContaining({
        code: 'MR_CONFIG_INVALID_OPTION',
        details: expect.objectContaining({ path: option }) as unknown,
      }),
    );
  });

  it('are bounded by the hard limit of receiving', () => {
    const make = (maxRate: number, backPressure: object | true) =>
      new StreamingContext({ appName: 'a', batchIntervalMs: 1, receiving: { maxRate }, backPressure });
    expect(() => make(0.5, true)).not.toThrow();
    expect(() => make(10, { minRate: 11 })).toThrow(/at most initialRate and receiving.maxRate, 10/);
  });
});
