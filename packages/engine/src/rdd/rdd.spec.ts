import { describe, expect, it } from 'vitest';
import { RddCluster } from '../../test/rdd-cluster.ts';

describe('narrow operators', () => {
  it('change records one by one', async () => {
    const { environment } = new RddCluster();
    const numbers = environment.parallelize([1, 2, 3, 4, 5], 3);
    const result = numbers
      .map((n) => n * 10)
      .filter((n) => n !== 30)
      .flatMap((n) => [n, n + 1])
      .keyBy((n) => n % 2)
      .mapValues((n) => `${n}`)
      .flatMapValues((text) => [text, text]);
    expect(await result.keys().count()).toBe(16);
    expect((await result.values().collect()).slice(0, 4)).toEqual(['10', '10', '11', '11']);
    expect(await result.first()).toEqual([0, '10']);
  });

  it('compute nothing before an action', async () => {
    const { environment } = new RddCluster();
    let calls = 0;
    const rdd = environment.parallelize([1, 2]).map(() => calls++);
    expect(calls).toBe(0);
    await rdd.count();
    expect(calls).toBe(2);
  });

  it('run as one loop, record after record', async () => {
    const { environment } = new RddCluster();
    const seen: string[] = [];
    const rdd = environment
      .parallelize([1, 2], 1)
      .map((n) => (seen.push(`map ${n}`), n))
      .filter((n) => seen.push(`filter ${n}`) > 0)
      .flatMap((n) => (seen.push(`flatMap ${n}`), [n]))
      .mapPartitions((records) => records);
    await rdd.forEach((n) => void seen.push(`end ${n}`));
    const steps = (n: number) => [`map ${n}`, `filter ${n}`, `flatMap ${n}`];
    expect(seen).toEqual([...steps(1), ...steps(2), 'end 1', 'end 2']);
  });

  it('flatMap reads generators and stops them after the last needed record', async () => {
    const { environment } = new RddCluster();
    let ended = 0;
    const endless = environment.parallelize([0], 1).flatMap(function* (n: number) {
      try {
        for (;;) yield n++;
      } finally {
        ended++;
      }
    });
    expect(await endless.take(3)).toEqual([0, 1, 2]);
    expect(ended).toBe(1);
  });
});

describe('partition operators', () => {
  it('mapPartitions sees a whole partition and its number', async () => {
    const { environment } = new RddCluster();
    const rdd = environment.parallelize([1, 2, 3, 4, 5], 2);
    const sums = rdd.mapPartitions((records, partition) => [[partition, [...records]]]);
    expect(await sums.collect()).toEqual([
      [0, [1, 2]],
      [1, [3, 4, 5]],
    ]);
  });

  it('mapPartitions may change its records without harm to the cache', async () => {
    const { environment } = new RddCluster();
    const rdd = environment.parallelize([1, 2, 3], 1).persist();
    const emptied = rdd.mapPartitions((records) => (records as number[]).splice(0));
    expect(await emptied.count()).toBe(3);
    expect(await rdd.count()).toBe(3);
  });

  it('glom, union, coalesce and aggregatePartitions keep the order of records', async () => {
    const { environment } = new RddCluster();
    const left = environment.parallelize([1, 2, 3], 3);
    const both = left.union(environment.parallelize([4, 5], 2));
    expect(both.partitionCount).toBe(5);
    expect(await both.coalesce(2).glom().collect()).toEqual([
      [1, 2],
      [3, 4, 5],
    ]);
    expect(both.coalesce(9)).toBe(both);
    const sums = both.aggregatePartitions(
      () => 0,
      (sum, n) => sum + n,
    );
    expect(await sums.collect()).toEqual([1, 2, 3, 4, 5]);
  });

  it('zipPartitions refuses different partition counts', async () => {
    const { environment } = new RddCluster();
    const left = environment.parallelize([1, 2], 2);
    const right = environment.parallelize(['a', 'b'], 2);
    const zipped = left.zipPartitions(right, (ns, texts) => [[...ns, ...texts]]);
    expect(await zipped.collect()).toEqual([
      [1, 'a'],
      [2, 'b'],
    ]);
    expect(() => left.zipPartitions(right.coalesce(1), (ns) => ns)).toThrow(
      expect.objectContaining({ code: 'MR_RDD_PARTITIONS_DIFFER' }),
    );
  });

  it('repartition deals records evenly', async () => {
    const { environment } = new RddCluster();
    const parts = await environment.parallelize(Array(100).fill(0), 5).repartition(4).glom().collect();
    expect(parts.map((part) => part.length)).toEqual([25, 25, 25, 25]);
  });

  it('an RDD without partitions has no records and costs no task', async () => {
    const cluster = new RddCluster();
    const empty = cluster.environment.empty<number>();
    expect(empty.partitionCount).toBe(0);
    expect(await empty.map((n) => n + 1).collect()).toEqual([]);
    expect(await empty.count()).toBe(0);
    expect(cluster.sent).toEqual([]);
    expect(
      await empty
        .keyBy((n) => n)
        .groupByKey(2)
        .collect(),
    ).toEqual([]);
  });

  it('empty partitions are partitions', async () => {
    const { environment } = new RddCluster();
    expect(await environment.parallelize([1], 4).glom().collect()).toEqual([[], [], [], [1]]);
  });

  it.each([0, -1, 1.5, Number.NaN])('refuses %s partitions', (count) => {
    const { environment } = new RddCluster();
    const invalid = expect.objectContaining({ code: 'MR_RDD_INVALID_ARGUMENT' });
    expect(() => environment.parallelize([1], count)).toThrow(invalid);
    expect(() => environment.empty().repartition(count)).toThrow(invalid);
    expect(() => environment.parallelize([1]).coalesce(count)).toThrow(invalid);
  });
});

describe('persist', () => {
  it('computes every partition once until unpersist', async () => {
    const { environment } = new RddCluster();
    let calls = 0;
    const rdd = environment
      .parallelize([1, 2, 3], 2)
      .map((n) => (calls++, n))
      .cache();
    await rdd.count();
    expect(await rdd.map((n) => n * 2).collect()).toEqual([2, 4, 6]);
    expect(calls).toBe(3);
    rdd.unpersist();
    await rdd.count();
    expect(calls).toBe(6);
  });

  it('cutLineage keeps cached partitions and releases the parents', async () => {
    const { environment } = new RddCluster();
    const rdd = environment
      .parallelize([1, 2], 2)
      .map((n) => n + 1)
      .persist();
    await rdd.count();
    rdd.cutLineage();
    expect(rdd.dependencies).toEqual([]);
    expect(await rdd.collect()).toEqual([2, 3]);
    environment.unpersist([rdd.id]);
    await expect(rdd.collect()).rejects.toMatchObject({ cause: { code: 'MR_RDD_PARTITION_LOST' } });
  });
});

describe('long work', () => {
  it('lets the event loop turn between slices of records', async () => {
    let turns = 0;
    const { environment } = new RddCluster({ onYield: () => (turns++, undefined) });
    await environment.parallelize(Array(10_000).fill(0), 1).count();
    expect(turns).toBeGreaterThanOrEqual(9);
  });

  it('walks long chains and long lineages without recursion', async () => {
    const { environment } = new RddCluster({ defaultParallelism: 1 });
    let chain = environment.parallelize([0], 1);
    for (let length = 0; length < 2_000; length++) chain = chain.union(environment.empty());
    expect(await chain.collect()).toEqual([0]);
  });
});
