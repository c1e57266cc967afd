// The compiler's view of programs: inferred types, and refused mistakes. The proof of these tests is that this file
// compiles: each `@ts-expect-error` is a mistake that must stay an error.
import { describe, expect, expectTypeOf, it } from 'vitest';
import { schemaOf } from '../../test/schema-of.ts';
import { StreamFixture } from '../../test/stream-fixture.ts';
import type { AsyncOptions, DropDuplicatesOptions, EngineStatus, StartOptions, StreamingContext } from '../index.ts'; // prettier-ignore
import type { RDD } from '../rdd/rdd.ts';
import type { State } from '../state/state-handle.ts';
import type { DStream } from './dstream.ts';
import { transformStreams, unionStreams } from './stream-combination.ts';

const lines = () => new StreamFixture().queue<string>([]);
const numbers = () => new StreamFixture().queue<number>([]);
const pairs = () => lines().map((line) => [line, line.length]);

describe('types are inferred', () => {
  it('of records', () => {
    expectTypeOf(lines().map((line) => line.length)).toEqualTypeOf<DStream<number>>();
    expectTypeOf(lines().flatMap((line) => line.split(' '))).toEqualTypeOf<DStream<string>>();
    expectTypeOf(lines().glom()).toEqualTypeOf<DStream<string[]>>();
    expectTypeOf(lines().count()).toEqualTypeOf<DStream<number>>();
    expectTypeOf(lines().map((line) => ({ line }))).toEqualTypeOf<DStream<{ line: string }>>();
    expectTypeOf(lines().mapPartitions((records) => [[...records].length])).toEqualTypeOf<DStream<number>>();
  });

  it('of functions that answer later', () => {
    expectTypeOf(lines().mapAsync(async (line) => line.length)).toEqualTypeOf<DStream<number>>();
    expectTypeOf(lines().mapAsync(async (line) => ({ line }))).toEqualTypeOf<DStream<{ line: string }>>();
    expectTypeOf(lines().mapAsync(async (line) => [line, 1])).toEqualTypeOf<DStream<[string, number]>>();
    expectTypeOf(lines().mapAsync((line) => Promise.resolve(line.length))).toEqualTypeOf<DStream<number>>();
    // A cache may answer at once.
    const known = new Map<string, number>();
    const cached = lines().mapAsync((line) => known.get(line) ?? Promise.resolve(line.length));
    expectTypeOf(cached).toEqualTypeOf<DStream<number>>();
    expectTypeOf(lines().mapAsync((line) => [line, 1])).toEqualTypeOf<DStream<[string, number]>>();
    expectTypeOf(lines().flatMapAsync(async (line) => line.split(' '))).toEqualTypeOf<DStream<string>>();
    expectTypeOf(lines().flatMapAsync(async (line) => [[line, 1]])).toEqualTypeOf<
      DStream<[string, number]>
    >();
    expectTypeOf(lines().filterAsync(async (line) => line !== '')).toEqualTypeOf<DStream<string>>();
    expectTypeOf(pairs().mapValuesAsync(async (n) => `${n}`)).toEqualTypeOf<DStream<[string, string]>>();
    expectTypeOf(pairs().flatMapValuesAsync(async (n) => [n])).toEqualTypeOf<DStream<[string, number]>>();
    lines().mapAsync(async (_, { signal, batch, attempt }) => {
      expectTypeOf(signal).toEqualTypeOf<AbortSignal>();
      expectTypeOf([batch.batchTime, batch.partition, batch.index, attempt]).toEqualTypeOf<number[]>();
      expectTypeOf([batch.operator, batch.key]).toEqualTypeOf<string[]>();
    });
    const summed = lines()
      .mapAsync(async (line) => [line, line.length])
      .reduceByKey((a, b) => a + b);
    expectTypeOf(summed).toEqualTypeOf<DStream<[string, number]>>();
  });

  it('of options and of the status, under public names', () => {
    expectTypeOf<AsyncOptions>().toExtend<NonNullable<Parameters<DStream<string>['mapAsync']>[1]>>();
    expectTypeOf<DropDuplicatesOptions>().toExtend<Parameters<DStream<string>['dropDuplicates']>[1]>();
    expectTypeOf<Parameters<StreamingContext['start']>[0]>().toEqualTypeOf<StartOptions | undefined>();
    expectTypeOf<StreamingContext['status']>().returns.toEqualTypeOf<EngineStatus>();
  });

  it('of the output of a schema', () => {
    const schema = schemaOf((line) => ({ value: { id: Number(line) } }));
    expectTypeOf(lines().validate(schema)).toEqualTypeOf<DStream<{ id: number }>>();
  });

  it('of filters that narrow', () => {
    const mixed = new StreamFixture().queue<string | undefined>([]);
    expectTypeOf(mixed.filter((value) => value !== undefined)).toEqualTypeOf<DStream<string>>();
    expectTypeOf(lines().filter((line) => line.length > 1)).toEqualTypeOf<DStream<string>>();
  });

  it('of pairs, without an annotation', () => {
    expectTypeOf(pairs()).toEqualTypeOf<DStream<[string, number]>>();
    const counts = lines()
      .flatMap((line) => line.split(' '))
      .map((word) => [word, 1])
      .reduceByKey((a, b) => a + b);
    expectTypeOf(counts).toEqualTypeOf<DStream<[string, number]>>();
    expectTypeOf(lines().flatMap((line) => [[line, true]])).toEqualTypeOf<DStream<[string, boolean]>>();
    expectTypeOf(lines().countByValue()).toEqualTypeOf<DStream<[string, number]>>();
  });

  it('of pair operators', () => {
    const flags = lines().map((line) => [line, line === 'x']);
    expectTypeOf(pairs().groupByKey()).toEqualTypeOf<DStream<[string, number[]]>>();
    expectTypeOf(pairs().mapValues((n) => [n, `${n}`])).toEqualTypeOf<DStream<[string, [number, string]]>>();
    expectTypeOf(pairs().flatMapValues((n) => [n, n])).toEqualTypeOf<DStream<[string, number]>>();
    expectTypeOf(pairs().groupByKeyAndWindow(1_000)).toEqualTypeOf<DStream<[string, number[]]>>();
    expectTypeOf(pairs().join).toBeCallableWith(flags);
    type Joined = DStream<[string, [number, boolean | undefined]]>;
    const left = (a: DStream<[string, number]>, b: typeof flags) => a.leftOuterJoin(b);
    expectTypeOf(left).returns.toEqualTypeOf<Joined>();
    const grouped = (a: DStream<[string, number]>, b: typeof flags) => a.cogroup(b);
    expectTypeOf(grouped).returns.toEqualTypeOf<DStream<[string, [number[], boolean[]]]>>();
    const readonlyPairs = new StreamFixture().queue<readonly [string, number]>([]);
    expectTypeOf(readonlyPairs.reduceByKey((a, b) => a + b)).toEqualTypeOf<DStream<[string, number]>>();
  });

  it('of windows', () => {
    const [add, inverse] = [(a: number, b: number) => a + b, (a: number, b: number) => a - b];
    type Counts = DStream<[string, number]>;
    expectTypeOf(pairs().reduceByKeyAndWindow(add, 2_000)).toEqualTypeOf<Counts>();
    expectTypeOf(pairs().reduceByKeyAndWindow(add, 2_000, 1_000, 4)).toEqualTypeOf<Counts>();
    const moving = pairs().reduceByKeyAndWindow((a, b) => a + b, 2_000, 1_000, {
      inverse: (sum, gone) => sum - gone,
      filter: ([word, sum]) => word.length > 1 && sum !== 0,
    });
    expectTypeOf(moving).toEqualTypeOf<Counts>();
    expectTypeOf(numbers().reduceByWindow(add, 2_000, 1_000, { inverse })).toEqualTypeOf<DStream<number>>();
    expectTypeOf(lines().countByWindow(2_000)).toEqualTypeOf<DStream<number>>();
    expectTypeOf(lines().countByValueAndWindow(2_000)).toEqualTypeOf<Counts>();
    expectTypeOf(lines().window(2_000)).toEqualTypeOf<DStream<string>>();
  });

  it('through a whole program, without an annotation but that of the state', () => {
    const fixture = new StreamFixture();
    const clicks = fixture
      .queue<string>([])
      .map((line) => [line, 1])
      .reduceByKey((a, b) => a + b);
    const names = fixture.queue<string>([]).map((line) => [line, { name: line }]);
    const totals = clicks.join(names).mapWithState((key, value, state: State<number>) => {
      const [clicked, person] = value ?? [0, undefined];
      state.update((state.getOption() ?? 0) + clicked);
      return [person?.name ?? key, clicked];
    });
    expectTypeOf(totals.stateSnapshots()).toEqualTypeOf<DStream<[string, number]>>();
    const windows = totals.reduceByKeyAndWindow((a, b) => Math.max(a, b), 2_000).countByValue();
    expectTypeOf(windows).toEqualTypeOf<DStream<[[string, number], number]>>();
  });

  it('of combinations and outputs', () => {
    lines().saveAsTextFiles('/lines');
    pairs().saveAsTextFiles('/pairs', 'tsv', { format: ([word, length]) => `${word}\t${length + 1}` });
    const transformed = lines().transform((rdd, batchTime) => rdd.map((line) => [line, batchTime]));
    expectTypeOf(transformed).toEqualTypeOf<DStream<[string, number]>>();
    expectTypeOf(unionStreams([lines()])).toEqualTypeOf<DStream<string>>();
    const fixture = new StreamFixture();
    transformStreams([fixture.queue<string>([]), fixture.queue<number>([])], ([words, counts]) => {
      expectTypeOf(words).toEqualTypeOf<RDD<string>>();
      expectTypeOf(counts).toEqualTypeOf<RDD<number>>();
      return words;
    });
    lines().foreachRDD((rdd) => expectTypeOf(rdd).toEqualTypeOf<RDD<string>>());
    lines().foreachPartition((records) => {
      expectTypeOf(records).toEqualTypeOf<Iterable<string>>();
    });
  });
});

// The mistakes are only compiled and never run.
describe('mistakes do not compile', () => {
  const fixture = new StreamFixture();

  it('pair operators on other streams', () => {
    const mistakes = () => {
      // @ts-expect-error a stream of numbers has no keys
      numbers().reduceByKey((a: number, b: number) => a + b);
      // @ts-expect-error a stream of strings has no keys
      lines().groupByKey();
      // @ts-expect-error a stream of strings has no keys to keep state of
      lines().mapWithState(() => undefined);
      // @ts-expect-error a stream of numbers has no keys to keep state of
      numbers().updateStateByKey(() => undefined);
      // @ts-expect-error lists are not pairs
      lines().glom().mapValues(String);
    };
    expect(mistakes).toBeTypeOf('function');
  });

  it('joins of different keys, unions of different records', () => {
    const mistakes = () => {
      // @ts-expect-error string keys do not match number keys
      fixture.queue<[string, number]>([]).join(fixture.queue<[number, number]>([]));
      // @ts-expect-error numbers are not strings
      fixture.queue<string>([]).union(fixture.queue<number>([]));
    };
    expect(mistakes).toBeTypeOf('function');
  });

  it('invalid windows', () => {
    const mistakes = () => {
      // @ts-expect-error a filter needs an inverse function
      pairs().reduceByKeyAndWindow((a, b) => a + b, 2_000, 1_000, { filter: () => true });
      // @ts-expect-error the values are numbers
      pairs().reduceByKeyAndWindow((a, b) => a + b, 2_000, 1_000, { inverse: (a: string) => a });
      // @ts-expect-error a stream of lines has no keys
      lines().reduceByKeyAndWindow((a: number) => a, 2_000);
      // @ts-expect-error a format gives text
      numbers().saveAsTextFiles('/numbers', '', { format: (n) => n });
    };
    expect(mistakes).toBeTypeOf('function');
  });

  it('functions of other types', () => {
    const mistakes = () => {
      // @ts-expect-error a value is a number
      pairs().reduceByKey((a, b) => `${a}${b}`);
      // @ts-expect-error the lines are strings
      lines().map((line: number) => line);
      // @ts-expect-error transform returns an RDD
      lines().transform((rdd) => rdd.collect());
      // @ts-expect-error a number is not iterable
      numbers().flatMap((n) => n);
    };
    expect(mistakes).toBeTypeOf('function');
  });
});

describe('async functions are refused', () => {
  it('by every operator that makes records of any type', () => {
    const all = [
      // @ts-expect-error
      (): DStream<unknown> => lines().map(async (line) => line),
      // @ts-expect-error
      (): DStream<unknown> => lines().map((line) => Promise.resolve([line, 1])),
      // @ts-expect-error
      (): DStream<unknown> => lines().filter(async () => true),
      // @ts-expect-error
      (): DStream<unknown> => lines().flatMap((line) => [Promise.resolve(line)]),
      // @ts-expect-error
      (): DStream<unknown> => lines().flatMap(async (line) => [line]),
      // @ts-expect-error
      (): DStream<unknown> => lines().mapPartitions((records) => Array.from(records, async (line) => line)),
      // @ts-expect-error
      (): DStream<unknown> => pairs().mapValues(async (n) => n),
      // @ts-expect-error
      (): DStream<unknown> => pairs().flatMapValues((n) => [Promise.resolve(n)]),
      // @ts-expect-error
      (): DStream<unknown> => pairs().reduceByKey(async (a, b) => a + b),
      (): DStream<unknown> =>
        // @ts-expect-error
        pairs().mapWithState(async (key, _n: number | undefined, _state: State<number>) => key),
      // @ts-expect-error
      (): DStream<unknown> => pairs().updateStateByKey(async (values: readonly number[], _sum: Promise<number> | undefined) => values.length), // prettier-ignore
      // @ts-expect-error
      (): DStream<unknown> => lines().transform(async (rdd) => rdd),
      () => {
        const events = lines().assignTimestamps(() => 1);
        // @ts-expect-error
        return events.map(async (line) => line).records;
      },
      // @ts-expect-error
      (): DStream<unknown> => lines().transform((rdd) => rdd.sortBy(async (line) => line)),
      // @ts-expect-error
      (): DStream<unknown> => lines().transform((rdd) => rdd.groupBy(async (line) => line)),
      // @ts-expect-error
      (): DStream<unknown> => lines().transform((rdd) => rdd.keyBy(async (line) => line)),
      // @ts-expect-error
      (): DStream<unknown> => pairs().combineByKey(async (n) => n, async (a, b) => (await a) + b, async (a, b) => (await a) + (await b)), // prettier-ignore
      () => {
        const windows = pairs().assignTimestamps(() => 1).tumbling(1_000); // prettier-ignore
        // @ts-expect-error
        return windows.aggregateByKey(async () => 0, async (a, n) => (await a) + n, async (a, b) => (await a) + (await b)).lateRecords(); // prettier-ignore
      },
      () => {
        const windows = numbers().assignTimestamps(() => 1).session(1_000); // prettier-ignore
        // @ts-expect-error
        return windows.aggregate(async () => 0, async (a, n) => (await a) + n, async (a, b) => (await a) + (await b)).lateRecords(); // prettier-ignore
      },
    ];
    expect(all).toHaveLength(19);
  });

  it('and records of any type or of type never are not mistaken for promises', () => {
    const fail = (): never => {
      throw new Error('never called');
    };
    const parse = (line: string) => JSON.parse(line);
    lines().map(parse).print();
    lines().flatMap(parse).print();
    lines()
      .flatMap(() => [])
      .print();
    lines().flatMap(fail).print();
    pairs()
      .mapWithState(() => undefined)
      .stateSnapshots();
    expectTypeOf(lines().map(fail)).toEqualTypeOf<DStream<never>>();
    const twice = <T>(stream: DStream<T>): DStream<T> => stream.map((record) => record).flatMap((record) => [record, record] as T[]); // prettier-ignore
    expectTypeOf(twice(numbers())).toEqualTypeOf<DStream<number>>();
  });
});
