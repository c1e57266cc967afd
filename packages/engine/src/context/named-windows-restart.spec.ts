// A program with named operators may get further operators before them: restored windows over state are matched by
// name. Windows over several streams keep batches for one of these streams, which a program cannot name by itself.
import { expect, it } from 'vitest';
import { RestartWorld } from '../../test/restart-world.ts';
import type { DStream } from '../dstream/dstream.ts';
import type { StreamingContext } from './streaming-context.ts';

type Counts = DStream<[string, number]>;

const add = (a: number, b: number) => a + b;
const queue: readonly string[][] = [['a', 'b'], ['a'], ['b', 'b'], [], ['a'], ['b']];

const windows: readonly (readonly [string, (sums: Counts) => DStream<unknown>])[] = [
  ['reduceByWindow', (sums) => sums.map(([, sum]) => sum).uid('values').reduceByWindow(add, 3_000)],
  ['reduceByKeyAndWindow', (sums) => sums.reduceByKeyAndWindow(add, 3_000)],
  ['groupByKeyAndWindow', (sums) => sums.groupByKeyAndWindow(3_000)],
  ['countByWindow', (sums) => sums.countByWindow(3_000)],
  ['window', (sums) => sums.window(3_000)],
  ['a window over countByWindow', (sums) => sums.countByWindow(2_000).uid('counts').window(3_000)],
]; // prettier-ignore

/** Runs the program in two lives, the second with new operators before all others. */
async function run(window: (sums: Counts) => DStream<unknown>, stopAfter: number): Promise<string[]> {
  const world = new RestartWorld();
  const seen: string[] = [];
  const program = (batches: readonly string[][], hasMore: boolean) => (ssc: StreamingContext) => {
    const words = ssc.queueStream([...batches]);
    if (hasMore)
      words
        .map((word) => word.length)
        .count()
        .foreachRDD(() => undefined);
    const sums = words
      .map((word) => [word, 1])
      .updateStateByKey<string, number, number>((values, sum) => values.reduce(add, sum ?? 0))
      .uid('sums');
    window(sums)
      .uid('windows')
      .foreachRDD(async (rdd) => {
        const records = (await rdd.collect()).map((record) => JSON.stringify(record));
        seen.push(records.toSorted().join(' '));
      });
  };
  let done = 0;
  for (const count of [stopAfter, queue.length - stopAfter]) {
    const life = world.begin(program(queue.slice(done), done > 0));
    await life.ssc.start();
    await world.pass(life, count * 1_000);
    await life.ssc.stop();
    world.kill();
    done += count;
  }
  return seen;
}

it.each(windows)('%s finds its batches again behind new operators (STA-1)', async (_, window) => {
  const expected = await run(window, queue.length);
  expect(expected).toHaveLength(queue.length);
  for (const stopAfter of [2, 4]) expect(await run(window, stopAfter)).toEqual(expected);
});
