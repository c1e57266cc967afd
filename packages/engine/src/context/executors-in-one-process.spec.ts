// Two executors in the driver's process. A task that failed goes on to the other executor, so the same partition of two
// streams may be on different executors. Tasks read both, although the lineage of both is cut.
import { settle, virtualPorts } from '@millrace/testing';
import { describe, expect, it } from 'vitest';
import type { DStream } from '../dstream/dstream.ts';
import { inProcessExecutors } from './default-engine.ts';
import { StreamingContext } from './streaming-context.ts';

type Pairs = DStream<[string, number]>;
/** Called by the function under test. */
type Trip = () => void;

const add = (a: number, b: number) => a + b;

const programs: readonly (readonly [string, (pairs: Pairs, trip: Trip) => Pairs])[] = [
  ['windows with an inverse function, as long as their slide', (pairs, trip) => pairs.reduceByKeyAndWindow((a, b) => (trip(), a + b), 1_000, 1_000, { inverse: (a, b) => a - b })], // prettier-ignore
  ['windows with an inverse function', (pairs, trip) => pairs.reduceByKeyAndWindow((a, b) => (trip(), a + b), 2_000, 1_000, { inverse: (a, b) => a - b })], // prettier-ignore
  ['states of updateStateByKey', (pairs, trip) => pairs.updateStateByKey<string, number, number>((values, sum) => (trip(), values.reduce(add, sum ?? 0)))], // prettier-ignore
  ['snapshots of mapWithState', (pairs, trip) => pairs.mapWithState<string, number, number, number>((_key, n, state) => (trip(), state.update((state.getOption() ?? 0) + (n ?? 0)), n ?? 0)).stateSnapshots()], // prettier-ignore
  ['windows of a persisted stream', (pairs, trip) => pairs.reduceByKey((a, b) => (trip(), a + b)).persist().window(2_000).reduceByKey(add)], // prettier-ignore
];

/** Results of five batches of two streams in one task; in one of the streams the call with this number throws. */
async function run(make: (pairs: Pairs, trip: Trip) => Pairs, failingCall: number) {
  const { plugin, clock } = virtualPorts({ startMs: 10_000 });
  const ssc = new StreamingContext({
    appName: 'neighbours',
    batchIntervalMs: 1_000,
    defaultParallelism: 2,
    batches: { maxAttempts: 1, onBatchFailure: 'stop' },
    tasks: { maxFailures: 2 },
    plugins: [plugin, inProcessExecutors({ executors: 2 })],
  });
  let calls = 0;
  const trip = () => {
    calls += 1;
    if (calls === failingCall) throw new Error('once');
  };
  const queue = () => ssc.queueStream([1, 2, 3, 4, 5].map((n): [string, number][] => ['a', 'b', 'c', 'a', 'b', 'c'].map((key) => [key, n])), { partitions: 2 }); // prettier-ignore
  const seen: string[] = [];
  const both = make(queue(), () => undefined).fullOuterJoin(make(queue(), trip));
  both.foreachRDD(async (rdd) => void seen.push(JSON.stringify((await rdd.collect()).toSorted())));
  await ssc.start();
  for (let batch = 0; batch < 6; batch += 1) {
    await clock.advance(1_500);
    await settle();
  }
  expect(ssc.state).toBe('ACTIVE');
  const { kept } = ssc.holdings();
  const stopping = ssc.stop();
  await clock.advance(3_000);
  await stopping;
  return { seen: seen.slice(0, 5), calls, cached: kept['tasks.cachedRecords'] };
}

describe.each(programs)('%s on different executors of a process', (_, make) => {
  it('are read in one task, and held once', async () => {
    const expected = await run(make, 0);
    expect(expected.seen).toHaveLength(5);
    const { calls, cached } = expected;
    for (const failing of [1, 2, Math.ceil(calls / 2), calls - 1, calls]) {
      const { seen, cached: held } = await run(make, failing);
      expect([failing, seen, held]).toEqual([failing, expected.seen, cached]);
    }
  });
});
