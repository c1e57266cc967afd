import { describe, expect, it } from 'vitest';
import { PartitionRun } from './partition-run.ts';

const block = (recordCount: number, sizeBytes = recordCount) => ({ recordCount, sizeBytes });

describe('PartitionRun', () => {
  it('continues until the records or the bytes of one block are reached', () => {
    const run = new PartitionRun({ maxRecordsPerBlock: 10, maxBytesPerBlock: 100 });
    expect([block(4), block(6), block(1), block(1, 99), block(1, 1)].map((one) => run.add(one))).toEqual([
      false,
      true,
      false,
      true,
      false,
    ]);
  });

  it('begins anew after an end, and before a block above the bounds', () => {
    const run = new PartitionRun({ maxRecordsPerBlock: 10, maxBytesPerBlock: 100 });
    expect([run.add(block(1)), run.add(block(50)), run.add(block(1))]).toEqual([false, false, false]);
    run.end();
    expect([run.add(block(1)), run.add(block(1))]).toEqual([false, true]);
  });
});
