import { type Block, MsgpackCodec } from '@millrace/core';
import { encodeBlock } from '@millrace/core/engine';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describePayload } from './describe-payload.ts';
import { jsonValue } from './json-value.ts';

const CODEC = new MsgpackCodec();
const LIMIT = 1_000;

function ofLog(payload: Uint8Array, contentBytesMax = LIMIT) {
  return describePayload({ payload, isSparse: false, contentBytesMax });
}

function ofBlock(block: Block, contentBytesMax = LIMIT) {
  const payload = Buffer.concat(encodeBlock('s-0', block, CODEC));
  return describePayload({ payload, isSparse: true, contentBytesMax });
}

function text(content: string): Block {
  return { kind: 'text', chunks: [Buffer.from(content)], recordCount: 2, sizeBytes: 4 };
}

describe('describePayload', () => {
  it('opens blocks and decodes the records', () => {
    const records = [{ id: 1n, at: new Date(0) }];
    const block: Block = { kind: 'records', chunks: [{ records, length: 1 }], recordCount: 1, sizeBytes: 9 };
    expect(ofBlock(block)).toEqual({
      kind: 'block',
      blockId: 's-0',
      content: 'records',
      codec: 'msgpack',
      recordCount: 1,
      sizeBytes: 9,
      records: [{ id: '1n', at: '1970-01-01T00:00:00.000Z' }],
    });
  });

  it('shows the text of text blocks, and invalid UTF-8 in base64', () => {
    expect(ofBlock(text('a\nb\n'))).toMatchObject({ content: 'text', text: 'a\nb\n' });
    const block: Block = { kind: 'encoded', bytes: Uint8Array.of(1, 2), recordCount: 1, sizeBytes: 2 };
    expect(ofBlock(block)).toMatchObject({ content: 'encoded', base64: 'AQI=' });
  });

  it('shows the envelope and omits content that is too large', () => {
    const described = ofBlock(text('a\nb\n'), 3);
    expect(described).toMatchObject({ blockId: 's-0', omittedBytes: 4 });
    expect(described).not.toHaveProperty('text');
    expect(ofLog(Buffer.from('four'), 3)).toEqual({ kind: 'omitted', omittedBytes: 4 });
  });

  it('shows the block that a registration contains', () => {
    const content = Buffer.concat(encodeBlock('s-0', text('a\nb\n'), CODEC));
    const registration = CODEC.encodeRecords([1, 'a', 0, [0, 's-0'], new Uint8Array(content)]);
    expect(ofLog(registration)).toEqual({
      kind: 'list',
      values: [1, 'a', 0, [0, 's-0']],
      block: expect.objectContaining({ kind: 'block', blockId: 's-0', text: 'a\nb\n' }),
    });
  });

  it('distinguishes lists, text and bytes', () => {
    expect(ofLog(CODEC.encodeRecords([1, 'a', undefined]))).toEqual({ kind: 'list', values: [1, 'a', null] });
    expect(ofLog(Buffer.from('plain, grün\n'))).toEqual({ kind: 'text', text: 'plain, grün\n' });
    expect(ofLog(Uint8Array.of(0xff, 0x00))).toEqual({ kind: 'bytes', base64: '/wA=' });
  });

  it('describes any bytes as a JSON value', () => {
    const property = fc.property(fc.uint8Array({ maxLength: 60 }), fc.boolean(), (payload, isSparse) => {
      const described = describePayload({ payload, isSparse, contentBytesMax: LIMIT });
      expect(JSON.parse(JSON.stringify(described))).toMatchObject({ kind: described.kind });
    });
    fc.assert(property);
  });
});

describe('jsonValue', () => {
  it('replaces values without a JSON form', () => {
    const value = { nan: Number.NaN, map: new Map([['k', 1]]), set: new Set([1]), bytes: Uint8Array.of(1) };
    expect(jsonValue(value)).toEqual({
      nan: 'NaN',
      map: { map: [['k', 1]] },
      set: { set: [1] },
      bytes: { base64: 'AQ==' },
    });
  });

  it('survives bytes with too deep nesting', () => {
    const payload = new Uint8Array(3_002).fill(0x91);
    payload.set([1], 0);
    payload.set([0xc0], 3_001);
    expect(JSON.stringify(ofLog(payload, 10_000)).length).toBeGreaterThan(100);
  });

  it('keeps a key named __proto__ as data', () => {
    const value: unknown = JSON.parse('{"__proto__":{"x":1}}');
    expect(JSON.stringify(jsonValue(value))).toBe('{"__proto__":{"x":1}}');
  });
});
