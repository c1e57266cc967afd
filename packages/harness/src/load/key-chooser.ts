// Which key a record has: all as often as each other, or a few of them much more often, as real keys are (Zipf's law:
// the second key comes 2^skew times less often than the first, the third 3^skew times, and so on).
import type { RandomSource } from '@millrace/core';

/** How keys are spread. */
export interface KeyShape {
  /** How many keys there are. */
  readonly keys: number;
  /** 0: all alike. 1: as words in a language. */
  readonly skew: number;
}

/** Draws keys, from 0 up to the number of keys. */
export class KeyChooser {
  readonly #keys: number;
  readonly #random: RandomSource;
  /** The share of a key and all before it. */
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
