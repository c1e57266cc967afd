import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RddCluster } from '../../test/rdd-cluster.ts';
import { keysEqual } from './key-equality.ts';

const value = fc.constantFrom<unknown[]>('a', 'b', 1, '1', 1n, null, ['a', 1], { x: 1 }, Number.NaN);
const sides = fc.record({
  left: fc.array(value, { maxLength: 12 }),
  right: fc.array(value, { maxLength: 6 }),
  partitions: fc.integer({ min: 1, max: 4 }),
});

describe('sets of records', () => {
  it('subtract keeps duplicates, intersection has each value once, both by value', async () => {
    await fc.assert(
      fc.asyncProperty(sides, async ({ left, right, partitions }) => {
        const { environment } = new RddCluster();
        const [a, b] = [environment.parallelize(left, partitions), environment.parallelize(right, 2)];
        const isIn = (all: readonly unknown[], one: unknown) => all.some((other) => keysEqual(one, other));
        const rest = await a.subtract(b, partitions).collect();
        expect(rest).toHaveLength(left.filter((one) => !isIn(right, one)).length);
        expect(rest.filter((one) => !isIn(left, one) || isIn(right, one))).toEqual([]);
        const both = await a.intersection(b).collect();
        const distinct = left.filter((one, index) => !isIn(left.slice(0, index), one) && isIn(right, one));
        expect(both).toHaveLength(distinct.length);
        expect(both.filter((one) => !isIn(distinct, one))).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });

  it('subtractByKey compares keys only', async () => {
    const { environment } = new RddCluster();
    const pairs = environment.parallelize(['a', 'b', 'a', 'c']).map((word) => [word, 1]);
    const known = environment.parallelize([['b', true]] as [string, boolean][]);
    expect((await pairs.subtractByKey(known).keys().collect()).toSorted()).toEqual(['a', 'a', 'c']);
  });
});

describe('sorting', () => {
  it('sortBy sorts all records, equal ones in their order of arrival', async () => {
    const { environment } = new RddCluster();
    const words = environment.parallelize(['ccc', 'a', 'bb', 'b', 'aa'], 3);
    const sorted = words.sortBy((word) => word.length);
    expect([sorted.partitionCount, await sorted.collect()]).toEqual([1, ['a', 'b', 'bb', 'aa', 'ccc']]);
    expect(await words.sortBy((word) => word, { descending: true }).take(2)).toEqual(['ccc', 'bb']);
  });

  it('sortByKey accepts a comparison of the program', async () => {
    const { environment } = new RddCluster();
    const pairs = environment.parallelize(['b', 'A', 'c']).map((letter) => [letter, 1]);
    const compare = (left: string, right: string) => (left.toLowerCase() < right.toLowerCase() ? -1 : 1);
    expect(await pairs.sortByKey({ compare }).keys().collect()).toEqual(['A', 'b', 'c']);
    expect(await environment.parallelize([3, 1, 2]).takeOrdered(2)).toEqual([1, 2]);
  });

  it('groupBy groups by the key of each record', async () => {
    const { environment } = new RddCluster();
    const groups = environment.parallelize([1, 2, 3, 4], 2).groupBy((n) => [n % 2]);
    expect(await groups.lookup([1])).toEqual([[1, 3]]);
  });
});

describe('pairs on the driver', () => {
  it('reduceByKeyLocally and collectAsMap find keys by value', async () => {
    const { environment } = new RddCluster();
    const pairs = environment.parallelize([1, 2, 3, 4], 3).map((n) => [[n % 2, 'x'], n]);
    const sums = await pairs.reduceByKeyLocally((a, b) => a + b);
    expect([sums.size, sums.get([0, 'x']), sums.get([1, 'x'])]).toEqual([2, 6, 4]);
    expect((await pairs.collectAsMap()).get([1, 'x'])).toBe(3);
  });

  it('lookup of a hashed key runs one task', async () => {
    const cluster = new RddCluster();
    const pairs = cluster.environment.parallelize(['a', 'b', 'a']).map((word) => [word, word.length]);
    const hashed = pairs.partitionBy(4).persist();
    await hashed.count();
    const before = cluster.sent.length;
    expect([await hashed.lookup('a'), await pairs.lookup('none')]).toEqual([[1, 1], []]);
    expect(cluster.sent.length - before).toBe(1 + pairs.partitionCount);
  });
});
