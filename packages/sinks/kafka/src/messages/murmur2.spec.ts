import { SeededRandom } from '@millrace/core';
import { compatibilityPartitioner } from '@platformatic/kafka';
import { describe, expect, it } from 'vitest';
import { murmur2, partitionOfKey } from './murmur2.ts';

/** The vectors of the test of `Utils.murmur2` in Kafka. */
const VECTORS: readonly (readonly [string, number])[] = [
  ['21', -973_932_308],
  ['foobar', -790_332_482],
  ['a-little-bit-long-string', -985_981_536],
  ['a-little-bit-longer-string', -1_486_304_829],
  ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58_897_971],
  ['abc', 479_470_107],
];

describe('murmur2', () => {
  it.each(VECTORS)('hashes %s as Java does', (text, hash) => {
    expect(murmur2(Buffer.from(text))).toBe(hash);
  });

  it('agrees with the client library on keys of every length', () => {
    const random = new SeededRandom(1);
    for (let length = 0; length < 200; length += 1) {
      const key = Buffer.from(Array.from({ length }, () => random.integer(256)));
      const expected = compatibilityPartitioner({} as Parameters<typeof compatibilityPartitioner>[0], key);
      for (const partitions of [1, 3, 50, 1_000]) {
        expect(partitionOfKey(key, partitions)).toBe(expected % partitions);
      }
    }
  });
});
