import { describe, expect, it } from 'vitest';
import { WrittenBatches } from './written-batches.ts';

const OUTPUT = { target: 't', application: 'a', outputOperation: 0 };

/** Batches 1 to `count`, written out of this number of partitions. */
function written(count: number, partitions = 1): WrittenBatches {
  const batches = new WrittenBatches();
  for (let batchTime = 1; batchTime <= count; batchTime += 1) {
    for (let partition = 0; partition < partitions; partition += 1)
      batches.add({ kind: 'written', ...OUTPUT, batchTime, partition, partitions });
  }
  return batches;
}

const write = (batchTime: number, partition = 0, partitions = 1) => ({ ...OUTPUT, batchTime, partition, partitions }); // prettier-ignore

describe('WrittenBatches', () => {
  it('knows partitions, their number, and other outputs apart', () => {
    const batches = written(1, 2);
    expect(batches.has(write(1, 1, 2))).toBe(true);
    expect(batches.has(write(1, 2, 3))).toBe(false);
    expect(batches.partitionsOf(write(1))).toBe(2);
    expect(batches.has({ ...write(1), outputOperation: 1 })).toBe(false);
    expect(batches.partitionsOf({ ...write(1), application: 'b' })).toBeUndefined();
  });

  it('removes at a tombstone, and keeps the newest forgotten batch', () => {
    const batches = written(2);
    batches.add({ kind: 'written', ...OUTPUT, batchTime: 1, partition: 0, partitions: undefined });
    batches.add({ kind: 'written', ...OUTPUT, batchTime: 7, partition: 0, partitions: undefined });
    expect(batches.has(write(1))).toBe(false);
    expect(batches.partitionsOf(write(1))).toBeUndefined();
    for (const batchTime of [5, 3]) batches.add({ kind: 'forgotten', ...OUTPUT, batchTime });
    expect(batches.forgotten(OUTPUT)).toBe(5);
    expect(batches.forgotten({ ...OUTPUT, outputOperation: 1 })).toBeUndefined();
  });

  it('finds the old messages of a partition and of partitions that are gone', () => {
    const batches = written(10, 5);
    const old = batches.oldWrites(write(11, 1, 2), 8, 100);
    expect(old?.batchTime).toBe(2);
    expect(old?.writes.map(({ batchTime, partition }) => `${batchTime}/${partition}`)).toEqual(['1/1', '1/3', '2/1', '2/3']); // prettier-ignore
    expect(batches.oldWrites(write(11, 1, 2), 8, 2)?.batchTime).toBe(1);
    expect(batches.oldWrites(write(11), 10, 100)).toBeUndefined();
    // A batch that runs again removes nothing that is newer.
    expect(batches.oldWrites(write(1, 0, 5), 8, 100)).toBeUndefined();
  });
});
