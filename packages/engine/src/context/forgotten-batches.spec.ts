// What a batch was made of has to be gone soon after the batch. A collection of young objects takes milliseconds and
// only looks at what is new; if something among the old objects leads from each batch to the next, it finds all of them
// in use, copies their records twice and leaves them to the full collection.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { virtualPorts } from '@millrace/harness';
import { expect, it } from 'vitest';
import type { DStream } from '../dstream/index.ts';
import { StreamingContext } from './streaming-context.ts';

type Numbers = DStream<[number, number]>;

const isEven = ([, n]: [number, number]): boolean => n % 2 === 0;
const plus = (left: number, right: number): number => left + right;
const minus = (sum: number, gone: number): number => sum - gone;

/** So many that what they leave stands out from what an engine leaves in any case. */
const BATCHES = 400;

const PROGRAMS: Record<string, (numbers: Numbers) => void> = {
  'a chain': (numbers) => numbers.filter(isEven).foreachPartition(() => {}),
  'sums by key': (numbers) => numbers.reduceByKey(plus).foreachPartition(() => {}),
  'a persisted stream': (numbers) => {
    const persisted = numbers.filter(isEven).persist();
    persisted.foreachPartition(() => {});
    persisted.count().foreachPartition(() => {});
  },
  'a window': (numbers) => numbers.reduceByKeyAndWindow(plus, 3_000, 1_000).foreachPartition(() => {}),
  'a window that moves on': (numbers) =>
    numbers.reduceByKeyAndWindow(plus, 3_000, 1_000, { inverse: minus }).foreachPartition(() => {}),
  state: (numbers) =>
    numbers.updateStateByKey((values, sum: number = 0) => sum + values.length).foreachPartition(() => {}),
};

it.each(Object.keys(PROGRAMS))('%s leaves its past to collections of young objects', async (name) => {
  setFlagsFromString('--expose-gc');
  // Where much of what one place makes outlives a collection, V8 goes on to make it among the old objects.
  setFlagsFromString('--no-allocation-site-pretenuring');
  const collect = runInNewContext('gc') as (options: { type: 'minor' | 'major' }) => void;
  const { clock, plugin } = virtualPorts({ startMs: 0 });
  const ssc = new StreamingContext({ appName: 'forgetful', batchIntervalMs: 1_000, plugins: [plugin] });
  const records = Array.from({ length: 8_000 }, (_, n): [number, number] => [n % 100, n]);
  const queue: [number, number][][] = [];
  PROGRAMS[name]?.(ssc.queueStream(queue));
  const run = async (batches: number): Promise<void> => {
    for (let batch = 0; batch < batches; batch += 1) {
      queue.push(records);
      await clock.advance(1_000);
    }
  };
  await ssc.start();
  await run(50);
  collect({ type: 'major' });
  await run(BATCHES);
  for (let times = 0; times < 3; times += 1) collect({ type: 'minor' });
  const afterMinor = process.memoryUsage().heapUsed;
  collect({ type: 'major' });
  const ofBatches = (afterMinor - process.memoryUsage().heapUsed) / (records.length * 8);
  // 20 to 40 were left; with one `Map` in place of the streams' map of RDDs it was 150 to 440.
  expect(ofBatches).toBeLessThan(BATCHES / 4);
  await ssc.stop({ graceful: false });
});
