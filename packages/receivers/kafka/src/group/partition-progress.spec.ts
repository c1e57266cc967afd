import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PartitionProgress } from './partition-progress.ts';

describe('PartitionProgress', () => {
  it('commits behind the last acknowledged record while records are in flight', () => {
    const progress = new PartitionProgress('t', 0, 10, 10);
    expect([progress.committable, progress.isDirty]).toEqual([10, false]);
    for (const offset of [10, 11, 14]) progress.stored(offset);
    progress.acknowledge(10);
    expect([progress.committable, progress.isDirty]).toEqual([11, true]);
    progress.committed(11);
    expect(progress.isDirty).toBe(false);
  });

  it('commits behind records that were left out once nothing is in flight', () => {
    const progress = new PartitionProgress('t', 0, 0, 0);
    progress.stored(0);
    progress.passed(5);
    expect(progress.committable).toBe(0);
    progress.acknowledge(0);
    expect(progress.committable).toBe(5);
    progress.passed(9);
    expect(progress.committable).toBe(9);
  });

  it('commits up to a record in flight when everything before was left out', () => {
    const progress = new PartitionProgress('t', 0, 0, 0);
    progress.passed(1);
    progress.stored(1);
    expect(progress.committable).toBe(1);
  });

  it('gives a group without an offset the beginning at once', () => {
    expect(new PartitionProgress('t', 0, 7, undefined).isDirty).toBe(true);
    expect(new PartitionProgress('t', 0, 7, 7).isDirty).toBe(false);
  });

  it('tells nothing any more once the partition was given away', () => {
    const progress = new PartitionProgress('t', 0, 0, 0);
    progress.stored(0);
    progress.fence();
    progress.acknowledge(0);
    expect([progress.isFenced, progress.isDirty]).toEqual([true, false]);
  });

  it('never commits an offset behind a record that is not acknowledged', () => {
    const step = fc.constantFrom<('store' | 'leave out' | 'acknowledge')[]>(
      'store',
      'leave out',
      'acknowledge',
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const progress = new PartitionProgress('t', 0, 0, 0);
        const waiting: number[] = [];
        let offset = 0;
        for (const act of steps) {
          if (act === 'acknowledge') {
            const oldest = waiting.shift();
            if (oldest !== undefined) progress.acknowledge(oldest);
          } else {
            if (act === 'store') {
              progress.stored(offset);
              waiting.push(offset);
            } else progress.passed(offset + 1);
            offset += 1;
          }
          expect(progress.committable).toBeLessThanOrEqual(waiting[0] ?? offset);
          if (waiting.length === 0) expect(progress.committable).toBe(offset);
        }
      }),
    );
  });
});
