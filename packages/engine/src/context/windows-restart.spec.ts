// Programs of windows and joins over many batches, once without and once with the death of the driver at every
// batch: the results must be the same, batch by batch.
import { describe, expect, it } from 'vitest';
import { RestartWorld, type RestartWorldOptions } from '../../test/restart-world.ts';
import type { DStream } from '../dstream/dstream.ts';
import type { StreamingContext } from './streaming-context.ts';

const add = (a: number, b: number) => a + b;
const inverse = (a: number, b: number) => a - b;

/** Batches with repeated words, signed sums, and holes. */
const queue: readonly string[][] = [
  ['a', 'b', 'a'], ['c'], [], ['b', 'b'], [], [], ['a'], ['d', 'c'], [], ['a', 'b', 'c'],
]; // prettier-ignore

type Build = (words: DStream<string>, counts: DStream<[string, number]>) => DStream<unknown>;
type Counts = DStream<[string, number]>;

/** The running sums, as records of `mapWithState`. */
const running = (counts: Counts): Counts =>
  counts.mapWithState<string, number, number, [string, number]>((word, n, state) => {
    state.update((state.getOption() ?? 0) + (n ?? 0));
    return [word, state.get()];
  });

const states = (counts: Counts): Counts =>
  counts.updateStateByKey<string, number, number>((values, sum) => values.reduce(add, sum ?? 0));

const moving = (counts: Counts, windowMs = 3_000, slideMs = 1_000): Counts =>
  counts.reduceByKeyAndWindow(add, windowMs, slideMs, { inverse });

/** Streams that make each batch from the previous one. */
const remembering: readonly (readonly [string, (counts: Counts) => Counts])[] = [
  ['an inverse window', (counts) => moving(counts)],
  ['an inverse window that forgets', (counts) => counts.map(([word]) => word).countByValueAndWindow(2_000)],
  ['an inverse window of every other batch', (counts) => moving(counts, 4_000, 2_000)],
  ['an inverse window over mapWithState', (counts) => moving(running(counts))],
  ['an inverse window over updateStateByKey, longer apart', (counts) => moving(states(counts), 4_000, 2_000)],
  ['an inverse window over an inverse window', (counts) => moving(moving(counts), 2_000, 2_000)],
  ['mapWithState over an inverse window', (counts) => running(moving(counts))],
  ['updateStateByKey', states],
  [
    'windows of event time',
    (counts) =>
      counts
        .map(([word, n]) => [word, n, word.charCodeAt(0) * 10 + n] as const)
        .assignTimestamps(([, , atMs]) => atMs, { outOfOrdernessMs: 5 })
        .map(([word, n]): [string, number] => [word, n])
        .tumbling(3)
        .allowedLateness(1_000)
        .reduceByKey(add)
        .map(([word, { value }]) => [word, value]),
  ],
];

/** Operators that look back, with names. */
const lookingBack: readonly (readonly [string, (stream: Counts) => DStream<unknown>])[] = [
  ['a window over', (stream) => stream.window(4_000, stream.slideMs)],
  ['a window now and then over', (stream) => stream.window(2_000, 4_000)],
  ['a window over a window over', (stream) => stream.window(2_000, 2_000).window(4_000, 2_000)],
  ['a persisted window over a union of', (stream) => stream.union(stream).window(4_000).persist()],
  ['an inverse window of values over', (stream) => stream.map(([, n]) => n).reduceByWindow(add, 4_000, 2_000, { inverse })], // prettier-ignore
  ['a count over a window over', (stream) => stream.window(4_000).countByWindow(2_000, 4_000)],
  ['two windows over', (stream) => stream.window(4_000, 2_000).union(stream.window(2_000, 2_000))],
];

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

const composed: typeof programs = remembering.flatMap(([what, make]) =>
  lookingBack.map(
    ([how, look]) => [`${how} ${what}`, (_: unknown, counts: Counts) => look(make(counts))] as const,
  ),
);

/**
 * Runs a program to its end; with `deathAfter`, by two drivers. Returns its batches in order, records in order of
 * text.
 */
async function run(
  build: Build,
  deathAfter?: number,
  { isGraceful = false, ...worldOptions }: RestartWorldOptions & { readonly isGraceful?: boolean } = {},
): Promise<Map<number, string[]>> {
  const world = new RestartWorld(worldOptions);
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
    if (isGraceful) await life.ssc.stop();
    world.kill();
    done += batches;
  }
  return new Map([...seen].toSorted(([a], [b]) => a - b));
}

describe('after the death of the driver in any batch', () => {
  it.each(programs)('%s give the same results (BAT-4, STA-1)', async (_, build) => {
    const expected = await run(build);
    expect(expected.size).toBeGreaterThan(1);
    for (let deathAfter = 1; deathAfter < queue.length; deathAfter += 1)
      expect(await run(build, deathAfter)).toEqual(expected);
  });

  it.each(composed)('%s give the same results (BAT-4, STA-1)', async (_, build) => {
    const expected = await run(build);
    expect([...expected.values()].flat().length).toBeGreaterThan(1);
    for (const deathAfter of [1, 5, 8]) expect(await run(build, deathAfter)).toEqual(expected);
  });

  it('counts that left a window are recomputed from the log alone, also for a window over them', async () => {
    const build: Build = (words) => words.countByValueAndWindow(3_000).window(3_000).window(2_000);
    const expected = await run(build);
    for (let deathAfter = 1; deathAfter < queue.length; deathAfter += 1)
      expect(await run(build, deathAfter, { hasCheckpoints: false })).toEqual(expected);
  });
});

it.each(composed)(
  '%s give the same results without a log after a graceful stop (STA-1)',
  async (_, build) => {
    const expected = await run(build);
    for (const stopAfter of [4])
      expect(await run(build, stopAfter, { hasLog: false, isGraceful: true })).toEqual(expected);
  },
);
