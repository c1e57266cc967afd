// ssc.status(): the state of an engine at one moment, as plain data.
import { defineReceiver, noOptions, type Receiver, type ReceiverContext } from '@millrace/core';
import { coreError } from '@millrace/core';
import { settle, virtualPorts } from '@millrace/testing';
import { describe, expect, it } from 'vitest';
import { LetterSink } from '../../test/letter-sink.ts';
import type { StandaloneContextOptions } from './context-options.ts';
import { StreamingContext } from './streaming-context.ts';

function program(options: Partial<StandaloneContextOptions> = {}) {
  const world = virtualPorts({ startMs: 10_000 });
  const ssc = new StreamingContext({
    appName: 'watched',
    batchIntervalMs: 1_000,
    plugins: [world.plugin],
    ...options,
  });
  const contexts: ReceiverContext<number>[] = [];
  const source = defineReceiver({
    name: 'by-hand',
    contract: 1,
    capabilities: {
      ack: 'none',
      replayable: false,
      ordering: 'per-stream',
      pause: true,
      bounded: false,
      format: 'records',
      touches: [],
    },
    options: noOptions,
    create: (): Receiver<number> => ({
      start: (context) => void contexts.push(context),
      stop: () => undefined,
    }),
  })({});
  const current = () => contexts.at(-1) as ReceiverContext<number>;
  return { ...world, ssc, source, current };
}

describe('status', () => {
  it('follows the life of a context', async () => {
    const { ssc, source, clock } = program();
    ssc.receiverStream(source).foreachRDD(() => undefined);
    expect(ssc.status()).toEqual({
      application: 'watched',
      state: 'initialized',
      timeMs: 10_000,
      batchIntervalMs: 1_000,
      receivers: [],
      heldBatches: [],
      behind: { waiting: 0, notMade: 0, oldestDelayMs: 0, unallocatedRecords: 0 },
      totals: {
        batches: 0,
        failedBatches: 0,
        records: 0,
        leftOutRecords: 0,
        lateRecords: 0,
        aheadRecords: 0,
        recordErrors: 0,
        deadLetters: 0,
      },
    });
    const starting = ssc.start();
    expect(ssc.status().state).toBe('starting');
    await starting;
    await settle();
    expect(ssc.status()).toMatchObject({
      state: 'active',
      receivers: [{ name: 'by-hand', state: 'active' }],
    });
    const stopping = ssc.stop();
    expect(ssc.status().state).toBe('stopping');
    await clock.advance(1_000);
    await stopping;
    expect(ssc.status()).toMatchObject({ state: 'stopped', receivers: [{ state: 'stopped' }] });
  });

  it('counts registered records and blocks of a receiver, and completed batches', async () => {
    const { ssc, source, current, clock } = program();
    ssc.receiverStream(source).foreachRDD(() => undefined);
    await ssc.start();
    await settle();
    for (const record of [1, 2, 3]) current().store(record);
    await clock.advance(400);
    expect(ssc.status()).toMatchObject({
      receivers: [{ streamId: 0, executorId: expect.any(String), records: 3, blocks: 1, restarts: 0 }],
      behind: { unallocatedRecords: 3 },
      totals: { batches: 0, records: 0 },
    });
    await clock.advance(1_600);
    const status = ssc.status();
    expect(status).toMatchObject({
      lastCompletedBatch: 12_000,
      behind: { waiting: 0, notMade: 0, oldestDelayMs: 0, unallocatedRecords: 0 },
      totals: { batches: 2, failedBatches: 0, records: 3 },
    });
    expect(status.receivers[0]).not.toHaveProperty('lastError');
    await ssc.stop();
  });

  it('shows a held batch, the batches behind it, and their delay', async () => {
    let isFailing = true;
    const { ssc, clock } = program({ batches: { onBatchFailure: 'hold', maxAttempts: 1 } });
    ssc.queueStream([[1]]).foreachRDD(() => {
      if (isFailing) throw new Error('the database is away');
    });
    await ssc.start();
    await clock.advance(5_000);
    const held = ssc.status();
    expect(held.heldBatches).toEqual([11_000]);
    expect(held.behind.waiting + held.behind.notMade).toBe(5);
    expect(held.behind.oldestDelayMs).toBe(4_000);
    isFailing = false;
    await ssc.retryHeldBatch();
    await clock.advance(2_000);
    expect(ssc.status()).toMatchObject({ heldBatches: [], behind: { waiting: 0, oldestDelayMs: 0 } });
    await ssc.stop();
  });

  it('shows a restarting receiver with its last error, and the error that stopped the engine', async () => {
    const { ssc, source, current, clock } = program({ receiving: { maxRestarts: 1 } });
    ssc.receiverStream(source).foreachRDD(() => undefined);
    await ssc.start();
    await settle();
    current().restart('lost', coreError('MR_RECEIVER_OVERRUN', 'too fast'));
    await settle();
    expect(ssc.status().receivers).toMatchObject([
      {
        state: 'restarting',
        restarts: 1,
        lastError: { message: 'lost', code: 'MR_RECEIVER_OVERRUN', timeMs: 10_000 },
      },
    ]);
    await clock.advance(2_000);
    current().restart('lost again');
    await clock.advance(5_000);
    expect(ssc.status()).toMatchObject({
      state: 'stopped',
      receivers: [{ state: 'failed', restarts: 2 }],
      failure: { code: 'MR_RECEIVER_GAVE_UP', timeMs: 12_000 },
    });
  });

  it('counts left-out and late records, and failed batches', async () => {
    const { ssc, source, current, clock } = program({
      batches: { onBatchFailure: 'skip', maxAttempts: 1 },
      tasks: { maxFailures: 1 },
    });
    let batches = 0;
    ssc.receiverStream(source).foreachRDD(() => {
      batches += 1;
      if (batches === 1) throw new Error('once');
    });
    await ssc.start();
    await settle();
    current().store((() => 1) as never);
    current().store(2);
    await clock.advance(10_000);
    expect(ssc.status().totals).toMatchObject({ failedBatches: 1, leftOutRecords: 1 });
    await ssc.stop();
  });

  it('counts records for which a function fails, dead letters, and late and ahead records', async () => {
    const letters = new LetterSink();
    const { ssc, clock } = program({ deadLetters: letters });
    const numbers = ssc.queueStream([
      [1, 2, 100, 3],
      [200, 4, 5],
    ]);
    const below = (bound: number) => (n: number) => {
      if (n >= bound) throw new RangeError(`${n} is too large`);
      return n;
    };
    numbers.map(below(100)).onRecordError('dead-letter').map(below(5)).onRecordError('skip').print();
    const timed = numbers.assignTimestamps((n) => (n === 3 ? 60_000 : n * 1_000), { maxFutureMs: 60_000 });
    timed.tumbling(1_000).reduce(Math.max).print();
    await ssc.start();
    await clock.advance(3_000);
    const counts = { recordErrors: 3, deadLetters: 2, aheadRecords: 2, lateRecords: 4 };
    expect(ssc.status().totals).toMatchObject(counts);
    expect(letters.records).toEqual([100, 200]);
    await ssc.stop();
  });

  it('is frozen, and plain for JSON', async () => {
    const { ssc, source, current } = program();
    ssc.receiverStream(source).foreachRDD(() => undefined);
    await ssc.start();
    await settle();
    current().restart('lost', new Error('why'));
    await settle();
    const status = ssc.status();
    expect(JSON.parse(JSON.stringify(status))).toEqual(status);
    const parts = [
      status,
      status.receivers,
      status.receivers[0],
      status.receivers[0]?.lastError,
      status.heldBatches,
      status.behind,
      status.totals,
    ];
    expect(parts.map((part) => Object.isFrozen(part))).toEqual(parts.map(() => true));
    await ssc.stop({ graceful: false });
  });
});
