import { describe, expect, it } from 'vitest';
import { CHUNK_RECORDS, FillingChunk, OpenBlock } from './open-block.ts';

function chunkWith(count: number): FillingChunk {
  const chunk = new FillingChunk();
  for (let record = 0; record < count; record += 1) chunk.records[record] = { record };
  chunk.length = count;
  chunk.counted = count;
  return chunk;
}

describe('FillingChunk', () => {
  it('copies few records out and keeps none of them alive', () => {
    const chunk = chunkWith(10);
    const { records } = chunk;
    expect(chunk.take()).toEqual(Array.from({ length: 10 }, (_, record) => ({ record })));
    expect([chunk.records === records, records.some((record) => record !== null), chunk.length]).toEqual([
      true,
      false,
      0,
    ]);
  });

  it('hands many records over without copying', () => {
    const chunk = chunkWith(CHUNK_RECORDS - 1);
    const { records } = chunk;
    expect(chunk.take()).toBe(records);
    expect([chunk.records === records, chunk.records.length]).toEqual([false, CHUNK_RECORDS]);
  });
});

describe('OpenBlock', () => {
  it('seals its content into a block and is empty again', () => {
    const open = new OpenBlock();
    open.count(2, 10);
    open.addChunk(['a', 'b'], 2);
    const chunks = [{ records: ['a', 'b'], length: 2 }];
    expect(open.seal()).toEqual({ kind: 'records', chunks, recordCount: 2, sizeBytes: 10 });
    expect([open.recordCount, open.sizeBytes, open.kind]).toEqual([0, 0, 'records']);
  });

  it('becomes a block of text with the first lines', () => {
    const open = new OpenBlock();
    const lines = Buffer.from('a\nb\n');
    open.addText(lines, 2);
    expect(open.seal()).toEqual({ kind: 'text', chunks: [lines], recordCount: 2, sizeBytes: 4 });
  });
});
