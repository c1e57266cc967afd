// An observer of a real engine on virtual time: the verdict names level and cause of each trouble.
import { defineReceiver, noOptions, type Receiver, type ReceiverContext } from '@millrace/core';
import { type StandaloneContextOptions, StreamingContext } from '@millrace/engine';
import { virtualPorts } from '@millrace/testing';
import { expect, it } from 'vitest';
import { observe } from '../src/index.ts';

function observed(options: Partial<StandaloneContextOptions> = {}) {
  const world = virtualPorts({ startMs: 10_000 });
  const ssc = new StreamingContext({
    appName: 'observed',
    batchIntervalMs: 1_000,
    plugins: [world.plugin],
    ...options,
  });
  return { ...world, ssc, observer: observe(ssc, { clock: world.clock, timeZone: 'UTC' }) };
}

function receiver(start: (context: ReceiverContext<number>) => void | Promise<void>) {
  return defineReceiver({
    name: 'orders',
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
    create: (): Receiver<number> => ({ start, stop: () => undefined }),
  })({});
}

it('observes a healthy engine with its graph, gauges and totals', async () => {
  const { ssc, clock, observer } = observed();
  ssc
    .queueStream([[1, 2, 3], [4]])
    .map((value: number) => value + 1)
    .foreachRDD(async (rdd) => void (await rdd.count()));
  expect(observer.state()).toMatchObject({ state: 'initialized', application: 'observed' });
  await ssc.start();
  await clock.advance(30_000);
  const state = observer.state();
  expect(state).toMatchObject({
    state: 'active',
    batchIntervalMs: 1_000,
    verdict: { rule: 'keeping-up', level: 'good' },
    totals: { batches: 30, records: 4 },
    batches: { queued: 0, held: [] },
    inputs: [{ isReceiver: false, records: 4 }],
    executors: [{ isDriverThread: true, completedTasks: expect.any(Number) as number }],
  });
  expect(state.graph.map(({ role }) => role)).toEqual(
    expect.arrayContaining(['input', 'operator', 'output']),
  );
  expect(JSON.parse(JSON.stringify(state))).toEqual(state);
  expect(observer.readiness().ok).toBe(true);
  await ssc.stop();
  await clock.advance(1_000);
  expect(observer.verdict().words).toBe('Stopped after 30 batches with 4 records.');
  expect(observer.health().ok).toBe(false);
});

it('names the output of an engine that falls behind, and its recovery', async () => {
  const { ssc, clock, observer } = observed();
  let processMs = 100;
  const numbers = ssc.queueStream(Array.from({ length: 200 }, () => [1]));
  numbers.foreachRDD(() => clock.sleepFor(processMs));
  await ssc.start();
  await clock.advance(20_500);
  expect(observer.verdict().rule).toBe('keeping-up');
  processMs = 1_300;
  await clock.advance(30_000);
  expect(observer.verdict()).toMatchObject({ rule: 'falling-behind', level: 'behind' });
  expect(observer.verdict().words).toMatch(
    /^Falling behind since 00:00: batches take 1\.\d × their interval\. Output `foreachRDD at 0-queue` has 100 % of it\./,
  );
  processMs = 100;
  await clock.advance(30_000);
  expect(observer.verdict().rule).toBe('keeping-up');
  await ssc.stop();
});

it('names the output and the error of a held batch, and ends with the retry', async () => {
  const { ssc, clock, observer } = observed({ batches: { onBatchFailure: 'hold', maxAttempts: 1 } });
  let isBroken = false;
  ssc.queueStream([[1]]).foreachRDD(() => {
    if (isBroken) throw new Error('connection refused');
  });
  await ssc.start();
  await clock.advance(3_500);
  isBroken = true;
  await clock.advance(3_000);
  const { words, level } = observer.verdict();
  expect([level, words]).toEqual([
    'failed',
    'Held: batch 00:00:14 failed in output 0 `foreachRDD at 0-queue`: connection refused. Fix the cause and call `retryHeldBatch()`.',
  ]);
  expect(observer.batch(14_000)).toMatchObject({ state: 'held', outputs: [{ attempts: 1 }] });
  expect(observer.batches({ filter: 'failed' }).batches).toHaveLength(1);
  expect(observer.readiness().checks.filter(({ ok }) => !ok)).toEqual([
    { name: 'held', ok: false, words: '1 batch is held.' },
  ]);
  isBroken = false;
  await ssc.retryHeldBatch();
  await clock.advance(3_000);
  expect(observer.verdict().rule).toBe('keeping-up');
  expect(observer.batch(14_000)?.state).toBe('succeeded');
  await ssc.stop();
});

it('names a receiver that does not start, with its error', async () => {
  const { ssc, clock, observer } = observed();
  ssc
    .receiverStream(
      receiver(() => {
        throw new Error('connection refused');
      }),
    )
    .foreachRDD(() => undefined);
  await ssc.start();
  await clock.advance(60_000);
  const { rule, words } = observer.verdict();
  expect(rule).toBe('receiver-not-running');
  expect(words).toMatch(/^Receiver `orders` is not running \(\d+ restarts? in 2 min\): .*connection refused/);
  expect(observer.readiness().ok).toBe(false);
  await ssc.stop();
});

it('names the error that stops an engine', async () => {
  const { ssc, clock, observer } = observed({ batches: { maxAttempts: 1 } });
  ssc.queueStream([[1]]).foreachRDD(() => {
    throw new Error('no such table');
  });
  await ssc.start();
  const end = ssc.awaitTermination().catch(() => undefined);
  await clock.advance(5_000);
  await end;
  expect(observer.verdict()).toMatchObject({ rule: 'engine-failed', level: 'failed' });
  expect(observer.verdict().words).toMatch(
    /^The engine has stopped because of an error .*MR_BATCH_FAILED.*no such table\.$/,
  );
  expect(observer.health().ok).toBe(false);
  expect(observer.state().failure).toMatchObject({ code: 'MR_BATCH_FAILED' });
});

it('counts records that fail alone', async () => {
  const { ssc, clock, observer } = observed({ onRecordError: 'skip' });
  ssc
    .queueStream([[1, 2, 3]])
    .map((value: number) => {
      if (value === 2) throw new Error('two is odd');
      return value;
    })
    .foreachRDD(async (rdd) => void (await rdd.count()));
  await ssc.start();
  await clock.advance(2_500);
  expect(observer.state().totals).toMatchObject({ recordErrors: 1, deadLetters: 0 });
  expect(observer.verdict().rule).toBe('record-errors');
  expect(observer.verdict().words).toContain('1 record has failed in 2 min; the newest in `map`');
  await clock.advance(125_000);
  expect(observer.verdict().rule).toBe('keeping-up');
  await ssc.stop();
});

it('writes every metric of a running engine with receivers', async () => {
  const { ssc, clock, observer } = observed();
  ssc
    .receiverStream(
      receiver(async (context) => {
        while (!context.signal.aborted) {
          context.store(1);
          await context.clock.sleepFor(100, context.signal).catch(() => undefined);
        }
      }),
    )
    .foreachRDD(async (rdd) => void (await rdd.count()));
  await ssc.start();
  await clock.advance(10_000);
  const text = observer.prometheus();
  expect(text).toMatch(/^millrace_stream_records_total\{stream="orders"\} [1-9]/m);
  expect(text).toMatch(/^millrace_blocks_stored_bytes\{executor="[^"]+"\} /m);
  expect(text).toMatch(/^millrace_verdict\{level="good"\} 1$/m);
  await ssc.stop();
});
