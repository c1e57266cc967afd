import { describe, expectTypeOf, it } from 'vitest';
import { RddEnvironment } from './rdd-environment.ts';
import type { RDD } from './rdd.ts';

const environment = new RddEnvironment({ defaultParallelism: 1 });
const lines = environment.parallelize(['a b', 'c']);
const words = lines.flatMap((line) => line.split(' ')).map((word) => [word, 1]);

describe('types', () => {
  it('pairs and tuples need no annotation', () => {
    expectTypeOf(words).toEqualTypeOf<RDD<[string, number]>>();
    expectTypeOf(words.reduceByKey((left, right) => left + right)).toEqualTypeOf<RDD<[string, number]>>();
    expectTypeOf(words.groupByKey()).toEqualTypeOf<RDD<[string, number[]]>>();
    expectTypeOf(words.mapValues((n) => [n, 'x'])).toEqualTypeOf<RDD<[string, [number, string]]>>();
    expectTypeOf(lines.keyBy((line) => [line, line.length])).toEqualTypeOf<RDD<[[string, number], string]>>();
    expectTypeOf(lines.flatMap((line) => [[line, true]])).toEqualTypeOf<RDD<[string, boolean]>>();
  });

  it('values keep their ordinary types', () => {
    expectTypeOf(lines.map((line) => line.length)).toEqualTypeOf<RDD<number>>();
    expectTypeOf(lines.map((line) => line.split(''))).toEqualTypeOf<RDD<string[]>>();
    expectTypeOf(lines.map((line) => ({ line }))).toEqualTypeOf<RDD<{ line: string }>>();
    const found = lines.map((line) => (line === '' ? undefined : line)).filter((line) => line !== undefined);
    expectTypeOf(found).toEqualTypeOf<RDD<string>>();
    expectTypeOf(lines.mapPartitions((all) => [[...all].length])).toEqualTypeOf<RDD<number>>();
  });

  it('joins say which side may be missing', () => {
    const other = lines.map((line) => [line, { line }]);
    type Line = { line: string };
    expectTypeOf(words.join(other)).toEqualTypeOf<RDD<[string, [number, Line]]>>();
    expectTypeOf(words.leftOuterJoin(other)).toEqualTypeOf<RDD<[string, [number, Line | undefined]]>>();
    expectTypeOf(words.fullOuterJoin(other)).toEqualTypeOf<
      RDD<[string, [number | undefined, Line | undefined]]>
    >();
    expectTypeOf(words.cogroup(other)).toEqualTypeOf<RDD<[string, [number[], Line[]]]>>();
  });

  it('combiners follow from the function that creates them', () => {
    const averages = words.combineByKey(
      (n) => [n, 1],
      ([sum, count], n) => [sum + n, count + 1],
      (left, right) => [left[0] + right[0], left[1] + right[1]],
    );
    expectTypeOf(averages).toEqualTypeOf<RDD<[string, [number, number]]>>();
  });

  it('sorting and sets keep the type of records', () => {
    expectTypeOf(lines.sortBy((line) => line.length)).toEqualTypeOf<RDD<string>>();
    expectTypeOf(words.sortByKey()).toEqualTypeOf<RDD<[string, number]>>();
    expectTypeOf(lines.groupBy((line) => [line, 1])).toEqualTypeOf<RDD<[[string, number], string[]]>>();
    expectTypeOf(words.subtractByKey(lines.keyBy((line) => line))).toEqualTypeOf<RDD<[string, number]>>();
    expectTypeOf(lines.subtract(lines).intersection(lines)).toEqualTypeOf<RDD<string>>();
    expectTypeOf(() => words.lookup('a')).returns.resolves.toEqualTypeOf<number[]>();
    expectTypeOf(() => words.collectAsMap()).returns.resolves.toEqualTypeOf<ReadonlyMap<string, number>>();
    // @ts-expect-error keys of different types cannot be subtracted
    expectTypeOf(() => words.subtractByKey(lines.keyBy((line) => line.length))).toBeFunction();
    // @ts-expect-error strings are not pairs
    expectTypeOf(() => lines.sortByKey()).toBeFunction();
  });

  it('pair operators exist on pairs only', () => {
    // @ts-expect-error strings are not pairs
    expectTypeOf(() => lines.reduceByKey((left) => left)).toBeFunction();
    // @ts-expect-error keys of different types cannot be joined
    expectTypeOf(() => words.join(lines.keyBy((line) => line.length))).toBeFunction();
    expectTypeOf(() => words.countByKey()).returns.resolves.toEqualTypeOf<ReadonlyMap<string, number>>();
  });

  it('functions that answer later do not compile', () => {
    const sum = async (a: Promise<number>, b: number | Promise<number>) => (await a) + (await b);
    // @ts-expect-error a promise is no combiner
    expectTypeOf(() => words.combineByKey(async (n) => n, sum, sum).collect()).toBeFunction();
    // @ts-expect-error a promise is no combiner
    expectTypeOf(() => words.aggregateByKey(async () => 0, sum, sum).collect()).toBeFunction();
    // @ts-expect-error a promise is no combiner
    expectTypeOf(() => words.aggregateByKey(() => Promise.resolve(0), sum, sum, 4).collect()).toBeFunction();
    // @ts-expect-error a promise is no record
    expectTypeOf(() => words.values().aggregatePartitions(async () => 0, sum).collect()).toBeFunction(); // prettier-ignore
    // @ts-expect-error a promise is no result
    expectTypeOf(async () => words.values().aggregate(async () => 0, sum, sum).then(String)).toBeFunction(); // prettier-ignore
    // @ts-expect-error promises are no records
    expectTypeOf(() => lines.mapPartitions((all) => Array.from(all, async (line) => line)).collect()).toBeFunction(); // prettier-ignore
    // @ts-expect-error promises are no records
    expectTypeOf(() => lines.zipPartitions(lines, (all) => Array.from(all, async (line) => line)).collect()).toBeFunction(); // prettier-ignore
    // @ts-expect-error no operator waits for the promise
    expectTypeOf(() => lines.forEach(async () => undefined)).toBeFunction();
    // @ts-expect-error no operator waits for the promise
    expectTypeOf(() => lines.forEach((line) => (line === '' ? undefined : Promise.resolve()))).toBeFunction();
  });

  it('functions of any type and functions that never return are not taken for asynchronous ones', () => {
    const fail = (): never => {
      throw new Error('never called');
    };
    const parse = (line: string) => JSON.parse(line);
    const sum = (a: number, b: number) => a + b;
    expectTypeOf(() => lines.forEach(parse)).returns.resolves.toEqualTypeOf<void>();
    expectTypeOf(() => lines.forEach(fail)).returns.resolves.toEqualTypeOf<void>();
    expectTypeOf(() => lines.aggregate(() => 0, (n, line) => n + line.length, sum)).returns.resolves.toEqualTypeOf<number>(); // prettier-ignore
    expectTypeOf(lines.aggregatePartitions(() => parse('{}'), parse)).toExtend<RDD<unknown>>();
    expectTypeOf(lines.mapPartitions(fail)).toExtend<RDD<unknown>>();
    expectTypeOf(words.aggregateByKey(() => 0, sum, sum)).toEqualTypeOf<RDD<[string, number]>>();
    const last = <T>(rdd: RDD<T>) =>
      rdd.aggregatePartitions(
        () => undefined as T | undefined,
        (_, record) => record,
      );
    expectTypeOf(last(lines)).toEqualTypeOf<RDD<string | undefined>>();
  });
});
