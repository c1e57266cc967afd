import { MsgpackCodec } from '@millrace/core';
import type { FetchBlockReply } from '@millrace/core/engine';
import { describe, expect, it } from 'vitest';
import { partsOf, replyOf } from './reply-parts.ts';

const codec = new MsgpackCodec();
const bytes = codec.encodeRecords(['a', 'b']);

describe('parts of a reply', () => {
  it('keep buckets and missing buckets in order', () => {
    const reply = { buckets: [bytes, null, new Uint8Array()] };
    expect(replyOf('FetchBuckets', partsOf('FetchBuckets', reply, codec), codec)).toEqual(reply);
  });

  it.each<[string, FetchBlockReply]>([
    ['no block', {}],
    ['records', { block: { kind: 'encoded', bytes, recordCount: 2, sizeBytes: 40 } }],
    ['text', { block: { kind: 'text', chunks: [bytes, bytes], recordCount: 4, sizeBytes: 9 } }],
    ['text without lines', { block: { kind: 'text', chunks: [], recordCount: 0, sizeBytes: 0 } }],
  ])('keep %s', (_, reply) => {
    expect(replyOf('FetchBlock', partsOf('FetchBlock', reply, codec), codec)).toEqual(reply);
  });

  it('are never made of records, which leave an executor as bytes', () => {
    const block = { kind: 'records', chunks: [], recordCount: 0, sizeBytes: 0 } as const;
    expect(() => partsOf('FetchBlock', { block }, codec)).toThrow(TypeError);
  });

  it.each([
    ['no head', []],
    ['an absent chunk', [codec.encodeRecords([{ kind: 'text', recordCount: 1, sizeBytes: 1 }]), null]],
    ['an unknown kind', [codec.encodeRecords([{ kind: 'other', recordCount: 1, sizeBytes: 1 }]), bytes]],
    [
      'encoded records twice',
      [codec.encodeRecords([{ kind: 'encoded', recordCount: 1, sizeBytes: 1 }]), bytes, bytes],
    ],
    ['no counts', [codec.encodeRecords([{ kind: 'text' }])]],
    ['a head that is no object', [codec.encodeRecords([])]],
  ])('are refused as a block with %s', (_, parts) => {
    expect(() => replyOf('FetchBlock', parts, codec)).toThrow(
      expect.objectContaining({ code: 'MR_REMOTE_DATA_DAMAGED' }),
    );
  });
});
