import { describe, expect, it } from 'vitest';
import { TriedWrites } from '../../../src/program/sinks/tried-writes.ts';

const write = (batchTime: number, partitions: number) => ({ batchTime, partitions, outputOperation: 2 });

describe('the tried writes of an output', () => {
  it('permit a refusal of a number of partitions after a try with another number', () => {
    const tried = new TriedWrites();
    tried.note(write(1_000, 2));
    expect(tried.hasOther(write(1_000, 2))).toBe(false);
    tried.note(write(1_000, 3));
    expect([tried.hasOther(write(1_000, 3)), tried.hasOther(write(1_000, 2))]).toEqual([true, true]);
    expect(tried.hasOther(write(2_000, 3))).toBe(false);
    tried.forget(1_000);
    tried.note(write(1_000, 3));
    expect(tried.hasOther(write(1_000, 3))).toBe(false);
  });

  it('count later batches, and name the output operation', () => {
    const tried = new TriedWrites();
    for (const batchTime of [1_000, 3_000, 2_000, 3_000]) tried.note(write(batchTime, 2));
    expect([tried.countAfter(1_000), tried.countAfter(3_000), tried.outputOperation]).toEqual([2, 0, 2]);
    // The ledger of the sink stays short.
    tried.forget(3_000);
    expect(tried.countAfter(1_000)).toBe(2);
  });

  it('take the number of an acknowledged write for that of the destination, and before that the first one', () => {
    const tried = new TriedWrites();
    tried.note(write(1_000, 2));
    tried.note(write(1_000, 3));
    expect(tried.partitionsOf(1_000)).toBe(2);
    tried.noteWritten(write(1_000, 3));
    tried.note(write(1_000, 2));
    expect(tried.partitionsOf(1_000)).toBe(3);
  });
});
