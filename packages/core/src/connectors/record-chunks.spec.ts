import { describe, expect, it } from 'vitest';
import { recordChunks, takenAhead } from './record-chunks.ts';

function chunks(records: Iterable<string>, maxRecords: number, maxBytes = 1_000) {
  const bounds = { maxRecords, maxBytes, frameBytes: 2, bytesPerText: 1 };
  return recordChunks(records, (text) => text, bounds);
}

const textsOf = (...given: Parameters<typeof chunks>) => [...chunks(...given)].map(({ texts }) => texts);

describe('recordChunks', () => {
  it('have a bounded number of records', () => {
    expect(textsOf(['a', 'b', 'c'], 2)).toEqual([['a', 'b'], ['c']]);
    expect(textsOf([], 2)).toEqual([]);
  });

  it('have a bounded number of bytes, except for a single longer record', () => {
    const sizes = [...chunks(['ä'.repeat(10), 'b'.repeat(40), 'c', 'd'], 100, 24)].map(
      ({ sizeBytes }) => sizeBytes,
    );
    expect(sizes).toEqual([23, 43, 6]);
  });

  it('take records only as chunks are taken, behind those in memory', () => {
    let taken = 0;
    function* records() {
      for (; taken < 10_000; taken += 1) yield 'x'.repeat(99);
    }
    const all = takenAhead(chunks(records(), 10, 10_000), 5_000);
    all.next();
    expect(taken).toBeLessThan(100);
    for (let given = 1; given < 100; given += 1) all.next();
    expect(taken).toBeLessThan(1_100);
  });

  it('are taken ahead, so that a late error stops the first chunk', () => {
    function* failing() {
      for (let index = 0; index < 50; index += 1) yield 'a';
      throw new Error('late');
    }
    expect(() => takenAhead(chunks(failing(), 2), 1_000).next()).toThrow('late');
    expect(takenAhead(chunks(failing(), 2), 0).next().value).toMatchObject({ texts: ['a', 'a'] });
  });
});
