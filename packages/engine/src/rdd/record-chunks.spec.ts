import { describe, expect, it } from 'vitest';
import { RddCluster } from '../../test/rdd-cluster.ts';
import { parallelize } from './parallelize.ts';
import { RecordChunks } from './record-chunks.ts';

const numbers = Array.from({ length: 20_000 }, (_, index) => index);

describe('records in chunks', () => {
  it('keep their state at the time of the copy', () => {
    const records = [...numbers];
    const chunks = new RecordChunks(records);
    records[0] = -1;
    records.push(-2);
    expect(chunks.toArray()).toEqual(numbers);
    expect(chunks).toHaveLength(20_000);
  });

  it('come from any iterable', () => {
    expect(new RecordChunks(new Set([3, 1, 2])).toArray()).toEqual([3, 1, 2]);
    expect(new RecordChunks([]).toArray()).toEqual([]);
  });

  it.each([1, 2, 3, 7, 30_000])('fall into %i partitions whole and in order', async (partitions) => {
    const { environment } = new RddCluster();
    const rdd = environment.define(parallelize(new RecordChunks(numbers), partitions));
    expect(await rdd.collect()).toEqual(numbers);
    const lengths = await rdd.mapPartitions((records) => [[...records].length]).collect();
    expect(Math.max(...lengths) - Math.min(...lengths)).toBeLessThanOrEqual(1);
  });
});
