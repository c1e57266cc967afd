import { MsgpackCodec } from '@millrace/core';
import { describe, expect, it } from 'vitest';
import { decodeRequest, encodeRequest, isSigned, signatureOf, signingKey } from './signed-request.ts';

const codec = new MsgpackCodec();
const secret = new Uint8Array(32).fill(7);
const key = signingKey(secret);
const question = {
  to: 'host-1-0.3.0',
  sender: 'sender',
  count: 4,
  kind: 'FetchBuckets',
  request: { epoch: 3, shuffleId: 's', partition: 0, mapPartitions: [0, 2] },
} as const;

describe('a signed request', () => {
  it('is read as sent', () => {
    expect(decodeRequest(encodeRequest(question, codec), codec)).toEqual(question);
  });

  it('has a signature of its bytes under the secret alone', () => {
    const body = encodeRequest(question, codec);
    const signature = signatureOf(body, key);
    expect(isSigned(body, signature, key)).toBe(true);
    expect(isSigned(body, signature, signingKey(new Uint8Array(32).fill(8)))).toBe(false);
    expect(isSigned(encodeRequest({ ...question, count: 5 }, codec), signature, key)).toBe(false);
    for (const other of [
      undefined,
      '',
      signature.slice(1),
      `${signature}0`,
      signature.toUpperCase(),
      [signature],
    ])
      expect(isSigned(body, other, key)).toBe(false);
  });

  it.each([
    ['a request of the driver', { ...question, kind: 'RunTask' }],
    ['a name that every object has', { ...question, kind: 'toString' }],
    ['no executor', { ...question, to: undefined }],
    ['a count below 0', { ...question, count: -1 }],
    ['a name without a bound', { ...question, sender: 'x'.repeat(1_025) }],
    ['another value', 7],
  ])('is refused as %s', (_, value) => {
    expect(decodeRequest(codec.encodeRecords([value]), codec)).toBeUndefined();
  });

  it('needs a secret of 32 bytes', () => {
    expect(() => signingKey(new Uint8Array(31))).toThrow(/32 bytes, got 31/);
  });
});
