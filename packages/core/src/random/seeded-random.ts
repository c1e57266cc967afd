// A reproducible random source: the same seed produces the same draws, on every machine. Simulations and tests use this
// source, so that a failed run can be repeated. The generator is sfc32 (small fast counting, 32 bit): 128 bits of
// state, no known weakness that matters here, and never a short cycle.
import type { RandomSource } from '../contracts/random-source.ts';

const ALPHABET = '0123456789abcdefghijklmnopqrstuvwxyz';
const TWO_TO_32 = 2 ** 32;

/** Discarded draws after seeding, until every bit of the seed has affected every bit of the state. */
const WARM_UP_DRAWS = 15;

/** A predictable random source. Not for secrets, and not for names that must be unique over several runs. */
export class SeededRandom implements RandomSource {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  /** @param seed Any number or text; equal seeds produce equal draws. */
  constructor(seed: number | string) {
    const hash = hashes(`${typeof seed}:${seed}`);
    this.#a = hash();
    this.#b = hash();
    this.#c = hash();
    for (let draw = 0; draw < WARM_UP_DRAWS; draw += 1) this.#draw();
  }

  /** A number at least 0 and below 1, one of 2^53. */
  next(): number {
    const high = this.#draw() >>> 5;
    const low = this.#draw() >>> 6;
    return (high * 2 ** 26 + low) / 2 ** 53;
  }

  /** A whole number at least 0 and below `bound`, each equally likely. @throws TypeError on a bound beyond 1 to 2^32. */
  integer(bound: number): number {
    assertBound(bound);
    // Draws above the last whole multiple of the bound would favour small numbers, so such a draw is repeated.
    const limit = TWO_TO_32 - (TWO_TO_32 % bound);
    let drawn = this.#draw();
    while (drawn >= limit) drawn = this.#draw();
    return drawn % bound;
  }

  /** `length` characters out of 0–9 and a–z. */
  id(length: number): string {
    let id = '';
    while (id.length < length) id += ALPHABET.charAt(this.integer(ALPHABET.length));
    return id;
  }

  /** 32 random bits, as a whole number. */
  #draw(): number {
    const drawn = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + drawn;
    this.#c |= 0;
    return drawn >>> 0;
  }
}

/** Refuses a bound outside the range of `integer`. */
export function assertBound(bound: number): void {
  if (!Number.isInteger(bound) || bound < 1 || bound > TWO_TO_32) {
    throw new TypeError(`a bound is a whole number from 1 to 2^32, got ${bound}`);
  }
}

/** A sequence of 32-bit hashes of a text: FNV-1a over the characters, then a mixing step for each hash. */
function hashes(text: string): () => number {
  let state = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) state = Math.imul(state ^ text.charCodeAt(i), 0x01000193);
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
    return (mixed ^ (mixed >>> 16)) | 0;
  };
}
