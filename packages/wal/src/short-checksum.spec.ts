import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shortChecksum } from './short-checksum.ts';

describe('shortChecksum', () => {
  it('equals the checksum of the system, for any part and any seed', () => {
    const seeds = fc.integer({ min: 0, max: 2 ** 32 - 1 });
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), fc.nat(64), fc.nat(64), seeds, (bytes, a, b, seed) => {
        const [from = 0, to = 0] = [a, b].map((at) => Math.min(at, bytes.length)).toSorted((x, y) => x - y);
        expect(shortChecksum(bytes, from, to, seed)).toBe(crc32(bytes.subarray(from, to), seed));
      }),
    );
  });
});
