// The hash of keys in Kafka's own clients: equal keys of programs in Java and of this sink land on the same partition. The client
// library has the same function on big integers, which needs more time than all the rest of a message.
const SEED = 0x97_47_b2_8c;
const MULTIPLIER = 0x5b_d1_e9_95;
const SHIFT = 24;
const NOT_NEGATIVE = 0x7f_ff_ff_ff;

/** The hash of bytes, as a signed number of 32 bits. */
export function murmur2(bytes: Buffer): number {
  const { length } = bytes;
  let hash = SEED ^ length;
  let at = 0;
  for (; at + 4 <= length; at += 4) {
    const mixed = Math.imul(bytes.readInt32LE(at), MULTIPLIER);
    hash = Math.imul(hash, MULTIPLIER) ^ Math.imul(mixed ^ (mixed >>> SHIFT), MULTIPLIER);
  }
  if (at < length) {
    for (let last = length - 1; last >= at; last -= 1) hash ^= (bytes[last] ?? 0) << ((last - at) * 8);
    hash = Math.imul(hash, MULTIPLIER);
  }
  hash = Math.imul(hash ^ (hash >>> 13), MULTIPLIER);
  return hash ^ (hash >>> 15);
}

/** The partition of a key, as in Java: the same key, the same partition, while the number of partitions stays. */
export function partitionOfKey(key: Buffer, partitions: number): number {
  return (murmur2(key) & NOT_NEGATIVE) % partitions;
}
