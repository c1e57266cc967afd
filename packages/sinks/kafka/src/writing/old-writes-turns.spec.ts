import { expect, it } from 'vitest';
import { OldWritesTurns } from './old-writes-turns.ts';

it('searches at the first write of a partition, and then once for a share of the ledger', () => {
  const turns = new OldWritesTurns(1_600);
  const write = { application: 'a', batchTime: 1, outputOperation: 0, partition: 0, partitions: 2 };
  const due = Array.from({ length: 250 }, (_, index) => (turns.isDue(write) ? index : -1)).filter((index) => index >= 0); // prettier-ignore
  expect(due).toEqual([0, 100, 200]);
  expect(turns.isDue({ ...write, partition: 1 })).toBe(true);
});
