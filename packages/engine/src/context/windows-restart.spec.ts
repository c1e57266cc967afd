// Programs of windows and joins over many batches, once without and once with the death of the driver at every batch:
// what comes out has to be the same, batch by batch.
import { describe, expect, it } from 'vitest';
import { RestartWorld } from '../../test/restart-world.ts';
import type { DStream } from '../dstream/index.ts';
import type { StreamingContext } from './streaming-context.ts';

const add = (a: number, b: number) => a + b;
const inverse = (a: number, b: number) => a - b;

/** Batches with repeated words, signed sums, and holes. */
const queue: readonly string[][] = [
  ['a', 'b', 'a'], ['c'], [], ['b', 'b'], [], [], ['a'], ['d', 'c'], [], ['a', 'b', 'c'],
]; // prettier-ignore

type Build = (words: DStream<string>, counts: DStream<[string, number]>) => DStream<unknown>;

const programs: readonly (readonly [string, Build])[] = [
  ['a window longer than its slide', (words) => words.window(3_000, 1_000)],
  ['a window shorter than its slide', (words) => words.window(1_000, 2_000)],
  ['a window that its slide does not divide', (words) => words.window(3_000, 2_000).countByValue()],
  ['windows over windows', (words) => words.window(2_000, 2_000).window(6_000, 4_000)],
  ['grouped windows', (_, counts) => counts.groupByKeyAndWindow(3_000, 2_000)],
  ['counted windows', (words) => words.countByWindow(4_000, 2_000)],
  ['counted values', (words) => words.countByValueAndWindow(3_000)],
  ['reduced windows', (_, counts) => counts.reduceByKeyAndWindow(add, 4_000, 1_000)],
  ['windows that move on', (_, counts) => counts.reduceByKeyAndWindow(add, 4_000, 1_000, { inverse })],
  [
    'windows that move on by more than their length',
    (_, counts) => counts.reduceByKeyAndWindow(add, 1_000, 3_000, { inverse }),
  ],
  [
    'windows that move on by steps that do not divide them, filtered',
    (_, counts) =>
      counts.reduceByKeyAndWindow(add, 3_000, 2_000, { inverse, filter: ([, count]) => count > 1 }),
  ],
  [
    'signed sums that hide what comes to nothing',
    (_, counts) =>
      counts
        .mapValues((n) => (n === 1 ? -1 : n))
        .reduceByKeyAndWindow(add, 3_000, 1_000, { inverse, filter: ([, sum]) => sum !== 0 }),
  ],
  [
    'a whole window that moves on',
    (words) => words.map((word) => word.length).reduceByWindow(add, 3_000, 1_000, { inverse }),
  ],
  [
    'a join of a batch with a window',
    (words, counts) => counts.leftOuterJoin(words.countByValueAndWindow(5_000)),
  ],
  [
    'a join of two windows',
    (_, counts) =>
      counts
        .reduceByKeyAndWindow(add, 4_000, 2_000, { inverse })
        .fullOuterJoin(counts.groupByKeyAndWindow(2_000, 2_000)),
  ],
];

/** Runs a program to its end; with `deathAfter`, by two drivers. Gives its batches in order, records in order of text. */
async function run(build: Build, deathAfter?: number): Promise<Map<number, string[]>> {
  const world = new RestartWorld();
  const seen = new Map<number, string[]>();
  const program =
    (batches: readonly string[][]) =>
    (ssc: StreamingContext): void => {
      const words = ssc.queueStream([...batches]);
      const counts = words.map((word) => [word, 1]).reduceByKey(add);
      build(words, counts).foreachRDD(async (rdd, { batchTime }) => {
        const records = (await rdd.collect()).map((record) => JSON.stringify(record)).toSorted();
        if (seen.has(batchTime)) expect(records).toEqual(seen.get(batchTime));
        seen.set(batchTime, records);
      });
    };
  const options = { defaultParallelism: 2 };
  const lives = deathAfter === undefined ? [queue.length] : [deathAfter, queue.length - deathAfter];
  let done = 0;
  for (const batches of lives) {
    const life = world.begin(program(queue.slice(done)), options);
    await life.ssc.start();
    await world.pass(life, batches * 1_000);
    world.kill();
    done += batches;
  }
  return new Map([...seen].toSorted(([a], [b]) => a - b));
}

describe('after the death of the driver in any batch', () => {
  it.each(programs)('%s come to the same (BAT-4, STA-1)', async (_, build) => {
    const expected = await run(build);
    expect(expected.size).toBeGreaterThan(1);
    for (let deathAfter = 1; deathAfter < queue.length; deathAfter += 1)
      expect(await run(build, deathAfter)).toEqual(expected);
  });
});
