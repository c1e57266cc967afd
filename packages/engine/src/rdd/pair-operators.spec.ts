import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RddCluster } from '../../test/rdd-cluster.ts';
import { cogroupAll } from './join-operators.ts';

const sum = (left: number, right: number) => left + right;
const byText = (left: readonly unknown[], right: readonly unknown[]) =>
  JSON.stringify(left) < JSON.stringify(right) ? -1 : 1;

describe('combining by key', () => {
  it('reduceByKey equals a map under any partitioning, and is deterministic', async () => {
    const cases = fc.record({
      pairs: fc.array(fc.tuple(fc.string({ maxLength: 2 }), fc.integer({ min: -9, max: 9 }))),
      before: fc.integer({ min: 1, max: 6 }),
      after: fc.integer({ min: 1, max: 6 }),
    });
    await fc.assert(
      fc.asyncProperty(cases, async ({ pairs, before, after }) => {
        const expected = new Map<string, number>();
        for (const [key, value] of pairs) expected.set(key, (expected.get(key) ?? 0) + value);
        const run = () =>
          new RddCluster().environment.parallelize(pairs, before).reduceByKey(sum, after).collect();
        const result = await run();
        expect(new Map(result)).toEqual(expected);
        expect(result).toHaveLength(expected.size);
        expect(await run()).toEqual(result);
      }),
      { numRuns: 50 },
    );
  });

  it('groupByKey keeps the order of partitions and positions', async () => {
    const { environment } = new RddCluster();
    const pairs = Array.from({ length: 30 }, (_, n): [string, number] => [n % 3 === 0 ? 'three' : 'else', n]);
    const groups = new Map(await environment.parallelize(pairs, 7).groupByKey(2).collect());
    expect(groups.get('three')).toEqual([0, 3, 6, 9, 12, 15, 18, 21, 24, 27]);
    expect(groups.get('else')?.[0]).toBe(1);
  });

  it('combines before records move', async () => {
    const cluster = new RddCluster();
    const pairs = Array.from({ length: 1_000 }, (_, n): [number, number] => [n % 2, n]);
    await cluster.environment.parallelize(pairs, 2).reduceByKey(sum, 3).count();
    expect(cluster.runners.get('one')?.heldRecords.shuffled).toBe(4);
  });

  it('combiners changed in place do not change the outputs of map tasks', async () => {
    const { environment } = new RddCluster();
    const pairs = environment.parallelize(
      [1, 2, 3, 4].map((n): [string, number] => ['key', n]),
      4,
    );
    const append = (all: number[], more: number[]) => (all.push(...more), all);
    const combined = pairs.combineByKey(
      (n) => [n, n],
      (all, n) => append(all as number[], [n]) as [number, number],
      (left, right) => append(left as number[], right) as [number, number],
      { partitions: 1 },
    );
    const lists = pairs.aggregateByKey(
      () => new Array<number>(),
      (all, n) => append(all, [n]),
      append,
    );
    expect(await combined.collect()).toEqual([['key', [1, 1, 2, 2, 3, 3, 4, 4]]]);
    expect(await combined.collect()).toEqual([['key', [1, 1, 2, 2, 3, 3, 4, 4]]]);
    expect(await lists.collect()).toEqual([['key', [1, 2, 3, 4]]]);
    expect(await lists.collect()).toEqual([['key', [1, 2, 3, 4]]]);
  });

  it('combiners of a single map task are copied, too', async () => {
    const { environment } = new RddCluster();
    const pairs = environment.parallelize<[string, number]>([['a', 1], ['b', 2], ['a', 3]], 1); // prettier-ignore
    const lists = pairs.aggregateByKey(
      () => new Array<number>(),
      (all, n) => (all.push(n), all),
      (left, right) => [...left, ...right],
    );
    const spoilt = await lists.map((pair) => (pair[1].push(0), (pair[0] += '!'), pair)).collect();
    expect(spoilt).toContainEqual(['a!', [1, 3, 0]]);
    expect((await lists.collect()).toSorted(byText)).toEqual([['a', [1, 3]], ['b', [2]]]); // prettier-ignore
  });

  it.each([Symbol('key'), () => 1, new Map()])(
    'one partition refuses an unsupported key: %s',
    async (key) => {
      const { environment } = new RddCluster();
      const pairs = environment.parallelize<[unknown, number]>([[key, 1]], 1);
      const refused = { cause: { code: 'MR_RDD_UNSUPPORTED_KEY' } };
      await expect(pairs.partitionBy(1).collect()).rejects.toMatchObject(refused);
      await expect(pairs.reduceByKey(sum, 1).collect()).rejects.toMatchObject(refused);
    },
  );

  it('distinct compares by value', async () => {
    const { environment } = new RddCluster();
    const records = [{ a: 1, b: 2 }, { b: 2, a: 1 }, { a: 1 }, { a: 1 }];
    expect(await environment.parallelize(records).distinct().collect()).toHaveLength(2);
  });

  it('moves nothing when pairs are already in the partitions of their keys', async () => {
    const cluster = new RddCluster();
    const placed = cluster.environment.parallelize([['a', 1] as const, ['b', 2] as const], 2).partitionBy(3);
    const both = placed.mapValues((n) => n + 1).filter(([, n]) => n > 0);
    const summed = both.union(placed.mapValues((n) => n)).reduceByKey(sum);
    expect(both.hashPartitions).toBe(3);
    expect(summed.hashPartitions).toBe(3);
    expect((await summed.collect()).toSorted(byText)).toEqual([
      ['a', 3],
      ['b', 5],
    ]);
    expect(cluster.tasks.filter((task) => task.startsWith('map'))).toHaveLength(2);
    expect(both.map((pair) => pair).hashPartitions).toBeUndefined();
  });

  it('refuses an unsupported key, naming the path', async () => {
    const { environment } = new RddCluster();
    const pairs = environment.parallelize([{ at: new Date(0) }]).keyBy((record) => record);
    await expect(pairs.groupByKey().collect()).rejects.toMatchObject({
      cause: { code: 'MR_RDD_UNSUPPORTED_KEY', details: { path: 'key.at', what: 'a Date' } },
    });
  });
});

describe('joins', () => {
  const setUp = () => {
    const { environment } = new RddCluster();
    const left = environment.parallelize([['a', 1] as const, ['a', 2] as const, ['b', 3] as const], 2);
    const right = environment.parallelize([['a', 'x'] as const, ['c', 'y'] as const, ['a', 'z'] as const], 3);
    return { environment, left, right };
  };

  it('cogroup returns the values of both sides for every key', async () => {
    const { left, right } = setUp();
    expect((await left.cogroup(right).collect()).toSorted(byText)).toEqual([
      [
        'a',
        [
          [1, 2],
          ['x', 'z'],
        ],
      ],
      ['b', [[3], []]],
      ['c', [[], ['y']]],
    ]);
  });

  it('inner and outer joins differ in the records without a partner', async () => {
    const { left, right } = setUp();
    const inner = [
      ['a', [1, 'x']],
      ['a', [1, 'z']],
      ['a', [2, 'x']],
      ['a', [2, 'z']],
    ];
    const lonely = { left: ['b', [3, undefined]], right: ['c', [undefined, 'y']] };
    const sorted = async (rdd: { collect(): Promise<readonly unknown[][]> }) =>
      (await rdd.collect()).toSorted(byText);
    expect(await sorted(left.join(right))).toEqual(inner);
    expect(await sorted(left.leftOuterJoin(right))).toEqual([...inner, lonely.left]);
    expect(await sorted(left.rightOuterJoin(right))).toEqual([...inner, lonely.right]);
    expect(await sorted(left.fullOuterJoin(right, 1))).toEqual([...inner, lonely.left, lonely.right]);
  });

  it('cogroupAll takes any number of sides', async () => {
    const { environment, left } = setUp();
    const sides = [left, left.mapValues((n) => n * 10), left.filter(([key]) => key === 'b')];
    const groups = environment.define(cogroupAll(environment, sides, 2));
    expect((await groups.collect()).toSorted(byText)).toEqual([
      ['a', [[1, 2], [10, 20], []]],
      ['b', [[3], [30], [3]]],
    ]);
    expect(await environment.define(cogroupAll(environment, [])).collect()).toEqual([]);
  });

  it('refuses RDDs of another streaming context', () => {
    const foreign = expect.objectContaining({ code: 'MR_RDD_FOREIGN_ENVIRONMENT' });
    expect(() => setUp().left.join(setUp().right)).toThrow(foreign);
    expect(() => setUp().left.union(setUp().left)).toThrow(foreign);
  });
});
