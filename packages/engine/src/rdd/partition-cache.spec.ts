import { describe, expect, it } from 'vitest';
import { PartitionCache } from './partition-cache.ts';

const three = async () => [1, 2, 3];

describe('PartitionCache', () => {
  it('computes a partition once, also for concurrent tasks', async () => {
    const cache = new PartitionCache();
    let computed = 0;
    const ask = () => cache.getOrCompute('a', 0, async () => (computed++, [1]));
    expect(await Promise.all([ask(), ask()])).toEqual([[1], [1]]);
    await ask();
    expect([computed, cache.recordCount]).toEqual([1, 1]);
  });

  it('shares an error and does not remember it', async () => {
    const cache = new PartitionCache();
    const fail = () => cache.getOrCompute('a', 0, () => Promise.reject(new Error('broken')));
    await expect(Promise.all([fail(), fail()])).rejects.toThrow('broken');
    expect(await cache.getOrCompute('a', 0, three)).toHaveLength(3);
  });

  it('leaves a computation whose task was cancelled to the next task that waits', async () => {
    const cache = new PartitionCache();
    const [first, second] = [new AbortController(), new AbortController()];
    const begun = Promise.withResolvers<readonly unknown[]>();
    const cancelled = cache.getOrCompute('a', 0, () => begun.promise, first.signal);
    let computed = 0;
    const again = async () => (computed++, [1, 2]);
    const waiting = [1, 2].map(() => cache.getOrCompute('a', 0, again, second.signal));
    first.abort();
    begun.reject(new Error('cancelled'));
    await expect(cancelled).rejects.toThrow('cancelled');
    expect([await Promise.all(waiting), computed]).toEqual([[[1, 2], [1, 2]], 1]); // prettier-ignore
    expect([cache.recordCount, cache.computingCount]).toEqual([2, 0]);
  });

  it('drops the least recently used partition when it is full', async () => {
    const cache = new PartitionCache({ maxRecords: 7 });
    await cache.getOrCompute('a', 0, three);
    await cache.getOrCompute('b', 0, three);
    await cache.getOrCompute('a', 0, three);
    await cache.getOrCompute('c', 0, three);
    let computed = 0;
    const again = async () => (computed++, three());
    await cache.getOrCompute('a', 0, again);
    expect([computed, cache.recordCount]).toEqual([0, 6]);
    await cache.getOrCompute('b', 0, again);
    expect(computed).toBe(1);
  });

  it('does not keep a partition larger than the cache', async () => {
    const cache = new PartitionCache({ maxRecords: 2 });
    expect(await cache.getOrCompute('a', 0, three)).toHaveLength(3);
    expect(cache.recordCount).toBe(0);
  });

  it('never drops partitions that cannot be recomputed, and reports when these fill the cache', async () => {
    const cache = new PartitionCache({ maxRecords: 5, canRecompute: (rddId) => rddId !== 'state' });
    await cache.getOrCompute('state', 0, three);
    await cache.getOrCompute('a', 0, async () => [1, 2]);
    await expect(cache.getOrCompute('state', 1, three)).rejects.toMatchObject({ code: 'MR_RDD_CACHE_FULL' });
    expect(cache.recordCount).toBe(3);
  });

  it('forgets by RDD, running computations included', async () => {
    const cache = new PartitionCache();
    await cache.getOrCompute('a', 0, three);
    await cache.getOrCompute('b', 0, three);
    const running = cache.getOrCompute('a', 1, three);
    cache.forget(['a']);
    expect(await running).toHaveLength(3);
    expect(cache.recordCount).toBe(3);
  });

  it('reads partitions of its neighbours, without keeping these itself', async () => {
    const caches = new Set<PartitionCache>();
    const [own, other] = [0, 1].map(() => new PartitionCache({ maxRecords: 7, neighbours: caches }));
    if (own === undefined || other === undefined) throw new Error('two caches were made');
    caches.add(own).add(other);
    let computed = 0;
    const ask = (cache: PartitionCache, rddId: string) =>
      cache.getOrCompute(rddId, 0, async () => (computed++, three()));
    await ask(other, 'a');
    await ask(other, 'b');
    expect(await ask(own, 'a')).toEqual([1, 2, 3]);
    expect([computed, own.recordCount, other.recordCount]).toEqual([2, 0, 6]);
    // The neighbour has dropped the partition that no cache used for longest.
    await ask(other, 'c');
    await ask(own, 'a');
    expect(computed).toBe(3);
    await ask(own, 'b');
    expect([computed, own.recordCount, other.recordCount]).toEqual([4, 3, 6]);
    other.forget(['a']);
    await ask(own, 'a');
    expect([computed, own.recordCount, other.recordCount]).toEqual([5, 6, 3]);
  });
});
