import { describe, expect, it } from 'vitest';
import { LocalShuffleFetcher } from './shuffle-fetcher.ts';
import { ShuffleStore } from './shuffle-store.ts';

describe('ShuffleStore', () => {
  it('counts records, replaces repeated outputs, and frees forgotten outputs', () => {
    const store = new ShuffleStore({ maxRecords: 4 });
    store.put('a', 0, [[1, 2], [3]]);
    store.put('a', 0, [[1], [3]]);
    store.put('b', 0, [[1], []]);
    expect(store.recordCount).toBe(3);
    store.forget(['a', 'unknown']);
    expect([store.recordCount, store.bucket('a', 0, 0)]).toEqual([1, undefined]);
  });

  it('refuses an output above its bound and keeps the stored ones', () => {
    const store = new ShuffleStore({ maxRecords: 2 });
    store.put('a', 0, [[1], [2]]);
    const full = expect.objectContaining({ code: 'MR_RDD_SHUFFLE_STORE_FULL', disposition: 'fail-batch' });
    expect(() => store.put('a', 1, [[3]])).toThrow(full);
    expect(store.bucket('a', 0, 1)).toEqual([2]);
  });
});

describe('LocalShuffleFetcher', () => {
  it('returns buckets in the order of map partitions, from any store that has them', async () => {
    const stores = [new ShuffleStore(), new ShuffleStore()] as const;
    stores[1].put('a', 0, [[], ['first']]);
    stores[0].put('a', 1, [[], ['second']]);
    const fetcher = new LocalShuffleFetcher(stores);
    const read = { shuffleId: 'a', mapPartitions: 2, partition: 1 };
    expect(await fetcher.fetch(read)).toEqual([['first'], ['second']]);
    await expect(fetcher.fetch({ ...read, mapPartitions: 3 })).rejects.toMatchObject({
      code: 'MR_RDD_SHUFFLE_OUTPUT_MISSING',
      details: { shuffleId: 'a', mapPartition: 2 },
    });
  });
});
