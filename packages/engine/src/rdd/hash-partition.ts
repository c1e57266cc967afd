// Maps a key to its partition: a pure function of the key's value, the same in every process and every version of
// the runtime, because reading and writing tasks may run on different executors and state outlives a program. A
// change here moves the keys of every checkpoint; a test pins some results.
import { canonicalKey } from './key-equality.ts';

/** Different kinds of keys have different seeds, so that 1, '1' and 1n do not all fall together. */
const seeds = {
  string: 0x811c9dc5,
  int: 0x2545f491,
  float: 0x6c078965,
  bigint: 0x9e3779b9,
  composite: 0x85ebca6b,
};
const constants = { true: 0x3c6ef372, false: 0x1b873593, null: 0x52dce729, undefined: 0x38495ab5 };

/**
 * The partition of a key: `0 ≤ result < partitions`. Equal keys (see `key-equality.ts`) have equal partitions.
 *
 * @throws `MR_RDD_UNSUPPORTED_KEY` for a value that cannot be a key.
 */
export function hashPartition(key: unknown, partitions: number): number {
  // With one partition there is nothing to choose, but an unsupported key is still refused.
  if (partitions === 1 && (typeof key === 'string' || typeof key === 'number')) return 0;
  return (mix(hashOf(key)) >>> 0) % partitions;
}

function hashOf(key: unknown): number {
  if (typeof key === 'string') return hashOfText(key, seeds.string);
  if (typeof key === 'number') return hashOfNumber(key);
  if (typeof key === 'boolean') return key ? constants.true : constants.false;
  if (typeof key === 'bigint') return hashOfText(`${key}`, seeds.bigint);
  if (key === undefined) return constants.undefined;
  return key === null ? constants.null : hashOfText(canonicalKey(key), seeds.composite);
}

/** -0 is 0 here, and every NaN has the same text, whatever its bits are. */
function hashOfNumber(key: number): number {
  return (key | 0) === key ? Math.imul(key ^ seeds.int, 0x9e3779b1) : hashOfText(`${key}`, seeds.float);
}

/** Over UTF-16 code units, so that every string has a hash, also an ill-formed string. */
function hashOfText(text: string, seed: number): number {
  let hash = seed;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return hash;
}

/** Spreads every bit over all other bits, so that neighbouring keys separate even with few partitions. */
function mix(hash: number): number {
  let mixed = hash;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}
