import { describe, expect, it } from 'vitest';
import { RddCluster } from '../../test/rdd-cluster.ts';

const numbers = (partitions = 3) => new RddCluster().environment.parallelize([5, 3, 9, 1, 7, 3], partitions);

describe('actions', () => {
  it('collect, count, reduce and fold agree', async () => {
    expect(await numbers().collect()).toEqual([5, 3, 9, 1, 7, 3]);
    expect(await numbers().count()).toBe(6);
    expect(await numbers().reduce((left, right) => left + right)).toBe(28);
    expect(await numbers(9).fold(0, (left, right) => left + right)).toBe(28);
  });

  it('aggregate begins every partition with a new zero', async () => {
    const collected = await numbers(2).aggregate(
      () => new Array<number>(),
      (all, n) => (all.push(n), all),
      (left, right) => [...left, 0, ...right],
    );
    expect(collected).toEqual([0, 5, 3, 9, 0, 1, 7, 3]);
  });

  it('countByValue and countByKey compare by value', async () => {
    const pairs = numbers().map((n) => [{ odd: n % 2, low: n < 5 }, n]);
    const counts = await pairs.countByKey();
    expect(counts.get({ low: true, odd: 1 })).toBe(3);
    expect([...(await numbers().countByValue())]).toEqual([
      [5, 1],
      [3, 2],
      [9, 1],
      [1, 1],
      [7, 1],
    ]);
  });

  it('take computes no partition and no record beyond the first n', async () => {
    const cluster = new RddCluster();
    const seen: number[] = [];
    const rdd = cluster.environment.parallelize([1, 2, 3, 4, 5, 6], 3).map((n) => (seen.push(n), n));
    expect(await rdd.take(3)).toEqual([1, 2, 3]);
    expect(seen).toEqual([1, 2, 3]);
    expect(cluster.sent).toHaveLength(2);
    expect(await rdd.take(0)).toEqual([]);
    expect(await rdd.take(99)).toHaveLength(6);
  });

  it('first and isEmpty read as few records as possible', async () => {
    const { environment } = new RddCluster();
    const rdd = environment.parallelize([1, 2, 3], 3).filter((n) => n > 1);
    expect(await rdd.first()).toBe(2);
    expect(await rdd.isEmpty()).toBe(false);
    expect(await rdd.filter(() => false).isEmpty()).toBe(true);
  });

  it('first and reduce of an empty RDD reject with a coded error', async () => {
    const nothing = numbers().filter(() => false);
    const empty = { code: 'MR_RDD_EMPTY_COLLECTION' };
    await expect(nothing.first()).rejects.toMatchObject(empty);
    await expect(nothing.reduce((left) => left)).rejects.toMatchObject(empty);
    expect(await nothing.fold(0, (left, right) => left + right)).toBe(0);
  });

  it('reduce counts undefined as a record', async () => {
    const { environment } = new RddCluster();
    const rdd = environment.parallelize<number | undefined>([undefined, 1], 1);
    expect(await rdd.reduce((left, right) => (left ?? 10) + (right ?? 10))).toBe(11);
  });

  it('top returns the largest records first, by any order', async () => {
    expect(await numbers().top(2)).toEqual([9, 7]);
    expect(await numbers().top(2, (left, right) => right - left)).toEqual([1, 3]);
    expect(await numbers().top(0)).toEqual([]);
    const many = new RddCluster().environment.parallelize(
      Array.from({ length: 5_000 }, (_, n) => (n * 7919) % 5_000),
    );
    expect(await many.top(3)).toEqual([4_999, 4_998, 4_997]);
  });

  it('foreachPartition waits for every partition', async () => {
    const seen: [number, number[]][] = [];
    await numbers(2).foreachPartition(async (records, partition) => {
      await Promise.resolve();
      seen.push([partition, [...records]]);
    });
    expect(seen).toEqual([
      [0, [5, 3, 9]],
      [1, [1, 7, 3]],
    ]);
  });
});
