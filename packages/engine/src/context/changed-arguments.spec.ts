// Reducing functions that change and return their left argument, as programs do to save an object for each record.
// The argument is read again: by other outputs, by later windows, by a repeated batch. No reader may see the
// change.
import { settle, virtualPorts } from '@millrace/testing';
import { describe, expect, it } from 'vitest';
import type { DStream } from '../dstream/dstream.ts';
import { StreamingContext } from './streaming-context.ts';

interface Sum {
  n: number;
  parts: number[];
}

const add = (left: Sum, right: Sum): Sum => {
  left.n += right.n;
  left.parts.push(...right.parts);
  return left;
};
const subtract = (left: Sum, right: Sum): Sum => {
  left.n -= right.n;
  left.parts.splice(0, right.parts.length);
  return left;
};
/** Returns the larger one, with the smaller one recorded in it: a right side becomes the next left side. */
const larger = (left: Sum, right: Sum): Sum => {
  if (right.n > left.n) return right;
  left.parts.push(right.n);
  return left;
};

type Numbers = DStream<number>;
const sums = (numbers: Numbers) => numbers.map((n): Sum => ({ n, parts: [n] }));
const pairs = (numbers: Numbers) => sums(numbers).map((sum): [string, Sum] => ['key', sum]);
const timed = (numbers: Numbers) =>
  sums(numbers)
    .assignTimestamps(({ n }) => n)
    .map((sum): [string, Sum] => ['key', sum]);

const BATCHES = [[1, 2, 3], [4], [5, 6], [7], [20_000]];
const IN_BATCHES = [6, 4, 11, 7, 20_000];
const IN_WINDOWS = [6, 10, 21, 22, 20_018];
/** Each record is in two windows. */
const BY_EVENT_TIME = [28, 28, 20_000, 20_000];

/** The sum of each program, batch by batch. */
const programs: Readonly<
  Record<string, readonly [(numbers: Numbers) => DStream<Sum>, readonly number[]]>
> = {
  reduce: [(s) => sums(s).persist().reduce(add), IN_BATCHES],
  reduceByKey: [(s) => pairs(s).persist().reduceByKey(add).map(valueOf), IN_BATCHES],
  'reduceByKey where nothing moves': [
    (s) => pairs(s).transform((rdd) => rdd.partitionBy(2)).persist().reduceByKey(add, 2).map(valueOf),
    IN_BATCHES,
  ],
  'combineByKey whose combiners begin as values, twice': [
    (s) => {
      const all = pairs(s).persist();
      const combined = () => all.combineByKey<string, Sum, Sum>((sum) => sum, add, add).map(valueOf);
      return combined().union(combined());
    },
    IN_BATCHES.flatMap((n) => [n, n]),
  ],
  reduceByWindow: [(s) => sums(s).reduceByWindow(add, 3_000), IN_WINDOWS],
  'reduceByWindow with an inverse': [
    (s) => sums(s).reduceByWindow(add, 3_000, 1_000, { inverse: subtract }),
    IN_WINDOWS,
  ],
  reduceByKeyAndWindow: [(s) => pairs(s).reduceByKeyAndWindow(add, 3_000).map(valueOf), IN_WINDOWS],
  'reduceByKeyAndWindow with an inverse': [
    (s) => pairs(s).reduceByKeyAndWindow(add, 3_000, 1_000, { inverse: subtract }).map(valueOf),
    IN_WINDOWS,
  ],
  'event time reduceByKey': [
    (s) => timed(s).sliding(10_000, 5_000).reduceByKey(add).map(([, { value }]) => value),
    BY_EVENT_TIME,
  ],
  'event time reduce': [
    (s) => sums(s).assignTimestamps(({ n }) => n).sliding(10_000, 5_000).reduce(add).map(({ value }) => value),
    BY_EVENT_TIME,
  ],
}; // prettier-ignore

function valueOf([, value]: readonly [string, Sum]): Sum {
  return value;
}

/**
 * Runs a program with two outputs, the first of which fails once in each batch. Returns the records of each output.
 */
async function run(program: (numbers: Numbers) => DStream<Sum>): Promise<readonly (readonly Sum[])[]> {
  const { plugin, clock } = virtualPorts();
  const ssc = new StreamingContext({
    appName: 'changing',
    batchIntervalMs: 1_000,
    defaultParallelism: 2,
    batches: { maxAttempts: 2, retryDelayMs: 1 },
    plugins: [plugin],
  });
  const numbers = ssc.queueStream([...BATCHES, [90_000]], { partitions: 2 }).persist();
  const seen: Sum[][] = [[], []];
  const failed = new Set<number>();
  const result = program(numbers);
  for (const [output, into] of seen.entries())
    result.foreachRDD(async (rdd, { batchTime }) => {
      const found = await rdd.collect();
      if (output === 0 && !failed.has(batchTime)) {
        failed.add(batchTime);
        throw new Error('once');
      }
      if (batchTime <= 1_000 * BATCHES.length || found.length > 0) into.push(...structuredClone(found));
    });
  await ssc.start();
  for (let batch = 0; batch < BATCHES.length + 1; batch += 1) {
    await clock.advance(1_000);
    await settle();
  }
  await clock.advance(500);
  await settle();
  await ssc.stop({ graceful: false });
  return seen;
}

describe('a function that changes its left argument', () => {
  it.each(Object.entries(programs))('%s', async (_name, [program, expected]) => {
    for (const seen of await run(program)) {
      const found = seen.slice(0, expected.length);
      expect(found.map(({ n }) => n)).toEqual(expected);
      for (const { n, parts } of found) expect(parts.reduce((sum, part) => sum + part, 0)).toBe(n);
    }
  });

  it('actions see unchanged records, on every call', async () => {
    const { plugin, clock } = virtualPorts();
    const ssc = new StreamingContext({ appName: 'actions', batchIntervalMs: 1_000, plugins: [plugin] });
    const found: unknown[] = [];
    const zero: Sum = { n: 0, parts: [] };
    sums(ssc.queueStream([[1, 2, 3]], { partitions: 2 }))
      .persist()
      .foreachRDD(async (rdd) => {
        for (let time = 0; time < 2; time += 1) {
          found.push(structuredClone(await rdd.reduce(add)), structuredClone(await rdd.fold(zero, add)));
          const byKey = rdd.map((sum): [string, Sum] => ['key', sum]);
          found.push(structuredClone((await byKey.reduceByKeyLocally(add)).get('key')));
        }
      });
    await ssc.start();
    await clock.advance(1_000);
    await settle();
    await ssc.stop({ graceful: false });
    expect(found).toEqual(Array.from({ length: 6 }, () => ({ n: 6, parts: [1, 2, 3] })));
    expect(zero).toEqual({ n: 0, parts: [] });
  });

  it('passes a returned right side on as the record, and copies it as the next left side', async () => {
    const { plugin, clock } = virtualPorts();
    const ssc = new StreamingContext({ appName: 'actions', batchIntervalMs: 1_000, plugins: [plugin] });
    const found: unknown[] = [];
    sums(ssc.queueStream([[1, 3, 2, 1]], { partitions: 1 }))
      .persist()
      .foreachRDD(async (rdd) => {
        const byKey = rdd.map((sum): [string, Sum] => ['key', sum]);
        for (let time = 0; time < 2; time += 1) {
          found.push(structuredClone(await rdd.reduce(larger)));
          found.push(structuredClone((await byKey.reduceByKeyLocally(larger)).get('key')));
          found.push(structuredClone((await byKey.reduceByKey(larger).collect())[0]?.[1]));
        }
      });
    await ssc.start();
    await clock.advance(1_000);
    await settle();
    await ssc.stop({ graceful: false });
    expect(found).toEqual(Array.from({ length: 6 }, () => ({ n: 3, parts: [3, 2, 1] })));
  });
});
