// Whole engines whose wall clock is set back by an hour at the worst moment: a wait for a length of time is
// unaffected.
import { defineReceiver, noOptions, type ReceiverContext } from '@millrace/core';
import { MemoryStorage, virtualPorts } from '@millrace/testing';
import { describe, expect, it } from 'vitest';
import { StreamingContext, type StandaloneContextOptions } from '../index.ts';

const HOUR_MS = 3_600_000;
const START_MS = 10_000_000;

function world(
  options: Partial<StandaloneContextOptions> = {},
  ports: Parameters<typeof virtualPorts>[0] = {},
) {
  const { plugin, clock, log } = virtualPorts({ startMs: START_MS, ...ports });
  const ssc = new StreamingContext({
    appName: 'set',
    batchIntervalMs: 1_000,
    plugins: [plugin],
    ...options,
  });
  const adjustments: string[] = [];
  ssc.on('batch-times:adjusted', ({ adjustment }) => void adjustments.push(adjustment.kind));
  const back = () => clock.setWallTime(clock.now() - HOUR_MS);
  return { ssc, clock, log, adjustments, back };
}

/** A source that a test drives. */
function driven(start: (context: ReceiverContext<number>) => void) {
  return defineReceiver({
    name: 'driven',
    contract: 1,
    capabilities: {
      ack: 'none',
      replayable: false,
      ordering: 'per-stream',
      pause: false,
      bounded: false,
      format: 'records',
      touches: [],
    },
    options: noOptions,
    create: () => ({ start, stop: () => undefined }),
  });
}

describe('an engine whose wall clock is set back by an hour', () => {
  it('goes on with batches, and reports the change once, in the log and as an event', async () => {
    const { ssc, clock, log, adjustments, back } = world();
    const batchTimes: number[] = [];
    ssc
      .queueStream<number>([], { defaultEntry: [1] })
      .foreachRDD((_, { batchTime }) => void batchTimes.push(batchTime));
    await ssc.start();
    await clock.advance(2_500);
    await back();
    await clock.advance(11_000);
    expect(batchTimes).toHaveLength(12);
    expect(batchTimes.every((time, index) => time === START_MS + (index + 1) * 1_000)).toBe(true);
    expect(adjustments).toEqual(['ahead']);
    const lines = log.lines.filter(({ message }) => message.startsWith('batch times are ahead'));
    expect(lines).toHaveLength(1);
    await ssc.stop({ graceful: false });
  });

  it('retries a job after the configured time', async () => {
    const { ssc, clock, back } = world({ batches: { retryDelayMs: 200 } });
    const attempts: number[] = [];
    ssc.queueStream([[1]]).foreachRDD(() => {
      attempts.push(clock.monotonicMs());
      if (attempts.length === 1) throw new Error('passing');
    });
    await ssc.start();
    await clock.advance(1_100);
    await back();
    await clock.advance(100);
    expect(attempts).toEqual([1_000, 1_200]);
    await ssc.stop({ graceful: false });
  });

  it('restarts a receiver after the configured time (REC-3)', async () => {
    const { ssc, clock, back } = world({ receiving: { restartDelayMs: 500 } });
    const starts: number[] = [];
    const source = driven((context) => {
      starts.push(clock.monotonicMs());
      if (starts.length === 1) context.restart('lost');
    });
    ssc.receiverStream(source()).foreachRDD(() => undefined);
    await ssc.start();
    await clock.advance(10);
    await back();
    await clock.advance(1_000);
    expect(starts).toHaveLength(2);
    expect((starts[1] ?? 0) - (starts[0] ?? 0)).toBeLessThanOrEqual(1_000);
    await ssc.stop({ graceful: false });
  });

  it('cuts blocks, and assigns them to batches', async () => {
    const { ssc, clock, back } = world({ receiving: { blockIntervalMs: 100 } });
    const seen: number[] = [];
    let next = 0;
    const source = driven((context) => {
      const store = (): void => {
        if (context.signal.aborted) return;
        context.store(next);
        next += 1;
        context.clock.after(50, store);
      };
      store();
    });
    ssc.receiverStream(source()).foreachRDD(async (rdd) => void seen.push(...(await rdd.collect())));
    await ssc.start();
    await clock.advance(1_500);
    await back();
    await clock.advance(5_500);
    expect(next - seen.length).toBeLessThan(40);
    const report = ssc.stop();
    await clock.advance(5_000);
    expect((await report).isClean).toBe(true);
    expect(seen).toEqual(Array.from({ length: next }, (_, index) => index));
  });

  it('ends a stop by its deadline (STP-1)', async () => {
    const { ssc, clock, back } = world();
    ssc.queueStream([[1]]).foreachRDD(() => new Promise<void>(() => undefined));
    await ssc.start();
    await clock.advance(1_100);
    let stoppedAt: number | undefined;
    const stop = ssc.stop({ deadlineMs: 5_000 }).then((report) => {
      stoppedAt = clock.monotonicMs();
      return report;
    });
    await clock.advance(1_000);
    await back();
    await clock.advance(10_000);
    expect(stoppedAt).toBeLessThanOrEqual(1_100 + 5_000);
    expect((await stop).isClean).toBe(false);
  });

  it('answers awaitTerminationOrTimeout in time', async () => {
    const { ssc, clock, back } = world();
    ssc.queueStream([[1]]).foreachRDD(() => undefined);
    await ssc.start();
    const waited = ssc.awaitTerminationOrTimeout(3_000);
    await back();
    await clock.advance(3_000);
    expect(await waited).toBe(false);
    await ssc.stop({ graceful: false });
  });
});

describe('a log that is ahead of the clock', () => {
  /** Runs one life with a clock that is ahead by `aheadMs`, and begins the next life. */
  async function second(aheadMs: number, options: Partial<StandaloneContextOptions> = {}) {
    const storage = new MemoryStorage();
    const settings = { checkpointDirectory: '/checkpoints', ...options };
    const first = world(settings, { storage, startMs: START_MS + aheadMs });
    first.ssc.queueStream([[1], [2]]).foreachRDD(() => undefined);
    await first.ssc.start();
    await first.clock.advance(3_000);
    const stop = first.ssc.stop();
    await first.clock.advance(10_000);
    await stop;
    const next = world(settings, { storage });
    const batchTimes: number[] = [];
    next.ssc.queueStream([[3], [4]]).foreachRDD((_, { batchTime }) => void batchTimes.push(batchTime));
    return { ...next, batchTimes };
  }

  it('is refused beyond maxAheadMs, with the distance in the error', async () => {
    const { ssc } = await second(365 * 24 * HOUR_MS);
    await expect(ssc.start()).rejects.toMatchObject({
      code: 'MR_CONTEXT_AHEAD_OF_CLOCK',
      details: { aheadMs: 365 * 24 * HOUR_MS + 3_000, maxAheadMs: HOUR_MS },
    });
    expect(ssc.state).toBe('STOPPED');
  });

  it('is resumed at the usual pace up to its end, and reported', async () => {
    const { ssc, clock, batchTimes, adjustments } = await second(HOUR_MS - 4_000);
    await ssc.start();
    await clock.advance(4_400);
    expect(batchTimes).toEqual([4, 5, 6, 7].map((n) => START_MS + HOUR_MS - 4_000 + n * 1_000));
    expect(adjustments).toEqual(['ahead']);
    await ssc.stop({ graceful: false });
  });

  it('may be ahead by exactly maxAheadMs', async () => {
    const { ssc } = await second(HOUR_MS - 3_000);
    await ssc.start();
    expect(ssc.state).toBe('ACTIVE');
    await ssc.stop({ graceful: false });
  });

  it('may be as far ahead as the program permits', async () => {
    const { ssc, clock, batchTimes } = await second(10 * HOUR_MS, { batches: { maxAheadMs: 11 * HOUR_MS } });
    await ssc.start();
    await clock.advance(2_200);
    expect(batchTimes).toHaveLength(2);
    await ssc.stop({ graceful: false });
  });
});

describe('options for clocks that are set', () => {
  it.each([
    { missedBatches: 'forget' },
    { missedBatches: { policy: 'drop' } },
    { missedBatches: { limit: -1 } },
    { missedBatches: { limit: 5, bound: 6 } },
    { maxAheadMs: -1 },
    { maxAheadMs: 1.5 },
  ])('refuses %j', (batches) => {
    expect(() => world({ batches: batches as never })).toThrow(
      expect.objectContaining({ code: 'MR_CONFIG_INVALID_OPTION' }),
    );
  });

  it.each([
    { missedBatches: 'skip' as const },
    { missedBatches: 'make-up' as const },
    { missedBatches: { policy: 'skip' as const } },
    { missedBatches: { limit: 0 } },
    { maxAheadMs: 0 },
  ])('accepts %j', (batches) => {
    expect(() => world({ batches })).not.toThrow();
  });
});
