// The choice of a record's key: uniform, or skewed like real keys (Zipf's law: the second key is 2^skew times rarer
// than the first, the third 3^skew times, and so on).
import type { RandomSource } from '@millrace/core';

/** The distribution of keys. */
export interface KeyShape {
  /** The number of keys. */
  readonly keys: number;
  /** 0: uniform. 1: like the words of a language. */
  readonly skew: number;
}

/** Draws keys, from 0 up to the number of keys. */
export class KeyChooser {
  readonly #keys: number;
  readonly #random: RandomSource;
  /** The cumulative share of each key. */
  readonly #shares: Float64Array | undefined;

  constructor({ keys, skew }: KeyShape, random: RandomSource) {
    this.#keys = keys;
    this.#random = random;
    this.#shares = skew === 0 ? undefined : sharesOf(keys, skew);
  }

  /** The next key. */
  next(): number {
    if (this.#shares === undefined) return this.#random.integer(this.#keys);
    const drawn = this.#random.next();
    let low = 0;
    let high = this.#keys - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#shares[middle] ?? 1) < drawn) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function sharesOf(keys: number, skew: number): Float64Array {
  const shares = new Float64Array(keys);
  let sum = 0;
  for (let key = 0; key < keys; key += 1) shares[key] = sum += (key + 1) ** -skew;
  return shares.map((share) => share / sum);
}
