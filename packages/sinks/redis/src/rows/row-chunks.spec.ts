import { describe, expect, it } from 'vitest';
import { rowChunks } from './row-chunks.ts';

const write = { application: 'a', batchTime: 1, outputOperation: 0, partition: 0, partitions: 1 };
const chunksOf = (records: Iterable<unknown>, rowsAtOnce: number) =>
  [...rowChunks(records, { as: 'list', row: undefined, rowsAtOnce, write })].map(
    ({ from, rows, isLast }) => ({
      from,
      rows: rows.map(({ parts }) => parts[0]),
      isLast,
    }),
  );

describe('the chunks of a partition', () => {
  it('have a bounded number of rows, and the last one is marked', () => {
    expect(chunksOf([1, 2, 3, 4], 2)).toEqual([
      { from: 0, rows: ['1', '2'], isLast: false },
      { from: 2, rows: ['3', '4'], isLast: true },
    ]);
    expect(chunksOf([], 2)).toEqual([{ from: 0, rows: [], isLast: true }]);
  });

  it('have a bounded number of bytes', () => {
    const large = 'x'.repeat(700_000);
    expect(chunksOf([large, large, large], 100).map(({ rows }) => rows.length)).toEqual([2, 1]);
  });

  it('compute records when they are wanted', () => {
    let made = 0;
    const records = (function* (): Generator<number> {
      for (; made < 100; made += 1) yield made;
    })();
    const chunks = rowChunks(records, { as: 'list', row: undefined, rowsAtOnce: 10, write });
    chunks.next();
    expect(made).toBe(10);
  });
});
