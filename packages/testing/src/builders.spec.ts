import { describe, expect, it } from 'vitest';
import { anyExecutor, anyReceivedBlockInfo, anyStoredBlock, recordsBlock, textBlock } from './builders.ts';

describe('builders', () => {
  it('returns valid values that differ only in the given fields', () => {
    expect(anyExecutor({ cores: 4 })).toEqual({ executorId: 'executor-1', host: 'host-1', cores: 4 });
    expect(anyStoredBlock({ durability: 'machine' })).toMatchObject({
      recordCount: 10,
      durability: 'machine',
    });
    expect(anyReceivedBlockInfo({ streamId: 3 })).toMatchObject({ ...anyStoredBlock(), streamId: 3 });
  });

  it('makes a block of records with its count and size', () => {
    expect(recordsBlock(['né', new Uint8Array(5), { a: 1 }])).toEqual({
      kind: 'records',
      chunks: [{ records: ['né', new Uint8Array(5), { a: 1 }], length: 3 }],
      recordCount: 3,
      sizeBytes: 3 + 5 + 64,
    });
  });

  it('makes a block of whole lines', () => {
    const block = textBlock('a\nbé\n');
    expect(block).toMatchObject({ kind: 'text', recordCount: 2, sizeBytes: 6 });
    expect(textBlock('')).toMatchObject({ recordCount: 0, sizeBytes: 0 });
    expect(() => textBlock('a\nb')).toThrow(TypeError);
  });
});
