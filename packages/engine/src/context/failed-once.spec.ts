// A function that fails once: the retried batch gives the regular result, and so do all later batches.
// No component on the way may remember the failure.
import { settle, virtualPorts } from '@millrace/testing';
import { describe, expect, it } from 'vitest';
import type { DStream } from '../dstream/dstream.ts';
import { StreamingContext } from './streaming-context.ts';

type Pairs = DStream<[string, number]>;
/** Called by the function under test. */
type Trip = () => void;

const add = (a: number, b: number) => a + b;

const programs: readonly (readonly [string, (pairs: Pairs, trip: Trip) => DStream<unknown>])[] = [
  ['an inverse window', (pairs, trip) => pairs.reduceByKeyAndWindow((a, b) => (trip(), a + b), 3_000, 1_000, { inverse: (a, b) => a - b })], // prettier-ignore
  ['the inverse of a window', (pairs, trip) => pairs.reduceByKeyAndWindow(add, 2_000, 1_000, { inverse: (a, b) => (trip(), a - b) })], // prettier-ignore
  ['updateStateByKey', (pairs, trip) => pairs.updateStateByKey<string, number, number>((values, sum) => (trip(), values.reduce(add, sum ?? 0)))], // prettier-ignore
  ['mapWithState', (pairs, trip) => pairs.mapWithState<string, number, number, number>((_key, n, state) => (trip(), state.update((state.getOption() ?? 0) + (n ?? 0)), state.get()))], // prettier-ignore
  ['windows of event time', (pairs, trip) => pairs.assignTimestamps(([, n]) => n * 10).tumbling(10).reduceByKey((a, b) => (trip(), a + b))], // prettier-ignore
  ['a persisted stream', (pairs, trip) => pairs.mapValues((n) => (trip(), n)).persist()],
  ['a window', (pairs, trip) => pairs.mapValues((n) => (trip(), n)).window(2_000)],
];

/** Results of five batches; the call with this number throws. */
async function run(
  make: (pairs: Pairs, trip: Trip) => DStream<unknown>,
  failingCall: number,
  onBatchFailure: 'stop' | 'hold',
) {
  const { plugin, clock } = virtualPorts({ startMs: 10_000 });
  const ssc = new StreamingContext({
    appName: 'once',
    batchIntervalMs: 1_000,
    defaultParallelism: 2,
    batches: { maxAttempts: onBatchFailure === 'hold' ? 1 : 2, onBatchFailure },
    tasks: { maxFailures: 1 },
    plugins: [plugin],
  });
  let calls = 0;
  const trip = () => {
    calls += 1;
    if (calls === failingCall) throw new Error('once');
  };
  const queue = [1, 2, 3, 4, 5].map((n): [string, number][] => [['a', n], ['a', n + 2], ['b', n], ['a', n + 1]]); // prettier-ignore
  const seen: [number, string][] = [];
  make(ssc.queueStream(queue, { partitions: 2 }), trip).foreachRDD(async (rdd, { batchTime }) => {
    seen.push([batchTime, JSON.stringify((await rdd.collect()).toSorted())]);
  });
  await ssc.start();
  for (let batch = 0; batch < 6; batch += 1) {
    await clock.advance(1_500);
    await settle();
    for (const batchTime of ssc.heldBatches) await ssc.retryHeldBatch(batchTime);
    await settle();
  }
  expect(ssc.state).toBe('ACTIVE');
  const stopping = ssc.stop();
  await clock.advance(3_000);
  await stopping;
  return { seen: seen.slice(0, 5), calls };
}

describe.each(programs)('%s that fails once', (_, make) => {
  it.each(['stop', 'hold'] as const)('comes to the same (onBatchFailure: %s)', async (reaction) => {
    const expected = await run(make, 0, reaction);
    expect(expected.seen).toHaveLength(5);
    const { calls } = expected;
    for (const failing of [1, 2, Math.ceil(calls / 2), calls])
      expect([failing, (await run(make, failing, reaction)).seen]).toEqual([failing, expected.seen]);
  });
});
