import { describe, expect, it } from 'vitest';
import { encodedChunks } from './encoded-chunks.ts';
import { csvFormat } from './csv-format.ts';
import { ndjsonFormat } from './ndjson-format.ts';
import { textFormat } from './text-format.ts';

const write = { application: 'app', batchTime: 1_000, outputOperation: 0, partition: 4, partitions: 5 };
const options = { format: textFormat, chunkBytes: 6, writeEmpty: false, write };

describe('encodedChunks', () => {
  it('cuts at the first line that fills a chunk, counted in bytes', () => {
    const chunks = [...encodedChunks(['ää', 'b', 'cccccccc', 'd'], options)].map(String);
    expect(chunks).toEqual(['ää\nb\n', 'cccccccc\n', 'd\n']);
  });

  it('holds one chunk of an endless source (SINK-13)', () => {
    let taken = 0;
    function* endless(): Generator<string, void, void> {
      for (;;) yield `${(taken += 1)}`;
    }
    const chunks = encodedChunks(endless(), options);
    expect(String(chunks.next().value)).toBe('1\n2\n3\n');
    expect(taken).toBe(3);
  });

  it('makes no chunk without records, unless requested', () => {
    const format = csvFormat({ columns: ['a'], header: true, delimiter: ',' });
    expect([...encodedChunks([], { ...options, format })]).toEqual([]);
    expect([...encodedChunks([], { ...options, format, writeEmpty: true })].map(String)).toEqual(['a\n']);
    expect([...encodedChunks([], { ...options, writeEmpty: true })].map(String)).toEqual(['']);
  });

  it('names index and column of a record that cannot be written (SINK-14)', () => {
    const format = csvFormat({ columns: ['a'], header: true, delimiter: ',' });
    expect(() => [...encodedChunks([{ a: 1 }, { a: {} }], { ...options, format })]).toThrow(
      expect.objectContaining({
        code: 'MR_SINK_UNSUPPORTED_RECORD',
        message: expect.stringContaining('record 1 of partition 4, column "a": an object (Object)'),
        details: { ...write, index: 1, column: 'a' },
      }),
    );
  });

  it("keeps the reason when a record's own code throws", () => {
    const cyclic: unknown[] = [];
    cyclic.push(cyclic);
    const records = [cyclic, 1n];
    for (const [index, record] of records.entries()) {
      const given = [...records.keys()].slice(0, index);
      expect(() => [...encodedChunks([...given, record], { ...options, format: ndjsonFormat })]).toThrow(
        expect.objectContaining({ code: 'MR_SINK_UNSUPPORTED_RECORD', cause: expect.any(TypeError) }),
      );
    }
  });

  it('passes on errors of the source', () => {
    const failure = new Error('source');
    function* failing(): Generator<string, void, void> {
      yield 'a';
      throw failure;
    }
    expect(() => [...encodedChunks(failing(), options)]).toThrow(failure);
  });
});
