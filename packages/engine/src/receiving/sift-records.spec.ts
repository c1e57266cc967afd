import { type Block, MsgpackCodec } from '@millrace/core';
import { describe, expect, it } from 'vitest';
import { recordsOf } from '../../test/receiving-fakes.ts';
import { siftBlock } from './sift-records.ts';

const codec = new MsgpackCodec();

/** A block of chunks. After the records of a chunk comes filler, as in an array that is longer than its records. */
function blockOf(chunks: readonly (readonly unknown[])[], sizeBytes = 1_000): Block {
  return {
    kind: 'records',
    chunks: chunks.map((records) => ({ records: [...records, 'not a record'], length: records.length })),
    recordCount: chunks.flat().length,
    sizeBytes,
  };
}

describe('siftBlock', () => {
  it('returns the same block when the codec accepts all records', () => {
    const block = blockOf([[1, 'two'], [{ three: 3 }]]);
    expect(siftBlock(block, codec)).toEqual({ block, leftOut: undefined });
    expect(siftBlock(block, codec).block).toBe(block);
  });

  it('leaves out only the records that the codec refuses, in order, and adds none of the filler', () => {
    const { block, leftOut } = siftBlock(blockOf([[1, Symbol('a'), 2], [3], [Symbol('b')]]), codec);
    expect(recordsOf(block)).toEqual([1, 2, 3]);
    expect(block.recordCount).toBe(3);
    expect(block.sizeBytes).toBeLessThan(1_000);
    expect(leftOut).toMatchObject({ recordCount: 2, reason: 'record is a symbol' });
  });

  it.each([
    ['many small records', Array.from({ length: 20_000 }, (_, index) => Symbol(`${index}`))],
    ['large records', Array.from({ length: 2_000 }, () => ['é'.repeat(60_000), Symbol('a')])],
  ])('keeps letters of at most half a megabyte of %s, and counts the records without one', (_, records) => {
    const { letters = [], leftOut } = siftBlock(blockOf([records]), codec, { keepsLetters: true });
    const bytes = codec.encodeRecords([letters]).byteLength;
    expect(bytes).toBeGreaterThan(50_000);
    expect(bytes).toBeLessThan(524_288);
    expect(leftOut).toMatchObject({
      recordCount: records.length,
      lostLetters: records.length - letters.length,
    });
  });

  it('tells of lost letters only where there are some', () => {
    const records = Array.from({ length: 2 }, (_, index) => Symbol(`${index}`));
    const few = siftBlock(blockOf([records]), codec, { keepsLetters: true });
    expect(few.leftOut).not.toHaveProperty('lostLetters');
    expect(siftBlock(blockOf([records]), codec).leftOut).not.toHaveProperty('lostLetters');
  });

  it('never returns a block of negative size', () => {
    expect(siftBlock(blockOf([[Symbol('a')]], 1), codec).block).toMatchObject({
      recordCount: 0,
      sizeBytes: 0,
    });
  });
});
