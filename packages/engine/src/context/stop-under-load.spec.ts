// Stopping with more input than the jobs can process by the deadline. Every stored record is in exactly one place
// of the report, so the sums have to add up.
import {
  BlockStore,
  defineReceiver,
  MemoryBlockStore,
  noOptions,
  provide,
  type BatchTime,
  type Plugin,
  type ReceiverContext,
} from '@millrace/core';
import { virtualPorts } from '@millrace/testing';
import { describe, expect, it } from 'vitest';
import { RestartWorld } from '../../test/restart-world.ts';
import type { StandaloneContextOptions } from './context-options.ts';
import type { StopReport } from '../driver/stop-report.ts';
import type { StopOptions } from './stop-options.ts';
import { StreamingContext } from './streaming-context.ts';

const capabilities = { ack: 'none', replayable: false, ordering: 'per-stream', pause: true } as const;

/**
 * A source of a thousand records a second with a job that processes a hundred, and an account of the places of all
 * records.
 */
function overloaded(options: Partial<StandaloneContextOptions> = {}, plugins: readonly Plugin[] = []) {
  const world = virtualPorts({ startMs: 0 });
  const ssc = new StreamingContext({
    appName: 'overloaded',
    batchIntervalMs: 1_000,
    backPressure: false,
    ...options,
    plugins: [world.plugin, ...plugins],
  });
  let stored = 0;
  const processed: number[] = [];
  const store = async (context: ReceiverContext<number>): Promise<void> => {
    while (!context.signal.aborted) {
      for (let n = 0; n < 10; n += 1) {
        const isWelcome = context.store(stored);
        stored += 1;
        if (!isWelcome) await context.ready();
      }
      await world.clock.sleepFor(10, context.signal);
    }
  };
  const source = defineReceiver({
    name: 'numbers',
    contract: 1,
    capabilities: { ...capabilities, bounded: false, format: 'records', touches: [] },
    options: noOptions,
    // Both waits reject when the receiver is stopped, which ends the loop.
    create: () => ({
      start: (context: ReceiverContext<number>) => void store(context).catch(() => {}),
      stop: () => {},
    }),
  });
  ssc.receiverStream(source({})).foreachRDD(async (rdd) => {
    const records = await rdd.collect();
    await world.clock.sleepFor(records.length * 10);
    processed.push(...records);
  });
  const made = new Map<BatchTime, number>();
  ssc.on('batch:submitted', ({ batch }) => void made.set(batch.batchTime, batch.recordCount));
  /** A function that runs at the deadline cannot be interrupted; its later effects are not counted here. */
  const stop = async (stopOptions: StopOptions) => {
    const stopping = ssc.stop(stopOptions).then((report) => ({ report, done: processed.slice() }));
    await world.clock.advance(60_000);
    return stopping;
  };
  /** The records that a report names, by place. */
  const leftBy = ({ receivers, unallocatedRecords, pendingBatches }: StopReport) => ({
    pending: pendingBatches.reduce((sum, batchTime) => sum + (made.get(batchTime) ?? Number.NaN), 0),
    unallocated: unallocatedRecords,
    inReceivers: receivers.reduce((sum, { recordsLeft }) => sum + recordsLeft, 0),
  });
  return { ...world, ssc, stop, leftBy, storedSoFar: () => stored };
}

describe('a graceful stop under load', () => {
  it('ends by its deadline, and its report accounts for every record (STP-1, REC-4)', async () => {
    const { ssc, clock, stop, leftBy, storedSoFar } = overloaded();
    await ssc.start();
    await clock.advance(20_500);
    const { report, done } = await stop({ deadlineMs: 5_000 });
    expect(report).toMatchObject({ graceful: true, isClean: false, errors: [] });
    expect(report.durationMs).toBeLessThanOrEqual(5_000);
    const left = leftBy(report);
    expect(left.pending).toBeGreaterThan(10_000);
    expect(left).toMatchObject({ unallocated: 0, inReceivers: 0 });
    expect(done).toEqual(Array.from({ length: storedSoFar() - left.pending }, (_, n) => n));
  });

  it('counts batches that were due and not made; the last batch made has their records', async () => {
    const { ssc, clock, stop, leftBy, storedSoFar } = overloaded({
      batches: { maxPendingBatches: 3 },
    });
    await ssc.start();
    await clock.advance(20_500);
    const { report, done } = await stop({ deadlineMs: 5_000 });
    expect(report.durationMs).toBeLessThanOrEqual(5_000);
    expect(report.batchesNotMade).toBeGreaterThan(0);
    const { pending, unallocated, inReceivers } = leftBy(report);
    expect(done.length + pending + unallocated + inReceivers).toBe(storedSoFar());
  });

  it('counts the records that a receiver could not store, when the block store is full', async () => {
    const full = provide(BlockStore, new MemoryBlockStore({ maxBytes: 40_000 }));
    const { ssc, clock, stop, leftBy, storedSoFar } = overloaded({}, [full]);
    await ssc.start();
    await clock.advance(20_500);
    const { report, done } = await stop({ deadlineMs: 5_000 });
    expect(report.durationMs).toBeLessThanOrEqual(5_000);
    const { pending, unallocated, inReceivers } = leftBy(report);
    expect(inReceivers).toBeGreaterThan(0);
    expect(done.length + pending + unallocated + inReceivers).toBe(storedSoFar());
  });

  it('leaves nothing when back-pressure has limited the source to the rate of the job', async () => {
    const { ssc, clock, stop, storedSoFar } = overloaded({ backPressure: { initialRate: 200 } });
    await ssc.start();
    await clock.advance(30_500);
    const { report, done } = await stop({ deadlineMs: 5_000 });
    expect(report).toMatchObject({ isClean: true });
    expect(done).toEqual(Array.from({ length: storedSoFar() }, (_, n) => n));
  });
});

describe('a stop at once', () => {
  it('is not clean when due batches were not made, although nothing else is left', async () => {
    const world = new RestartWorld();
    const life = world.begin((ssc) => ssc.queueStream([[1], [2]]).foreachRDD(async () => undefined));
    await life.ssc.start();
    await world.pass(life, 1_500);
    world.logs.beforeWrite = () => {
      throw new Error('the disk is busy');
    };
    await world.pass(life, 3_000);
    world.logs.beforeWrite = () => undefined;
    const report = await life.ssc.stop({ graceful: false });
    expect(report).toMatchObject({ isClean: false, unallocatedRecords: 0, pendingBatches: [], errors: [] });
    expect(report.batchesNotMade).toBeGreaterThan(0);
  });
});
