// Randomness from the operating system. Names of receiver attempts must not repeat over restarts and machines, so even
// plain draws come from the system's generator and not from a generator seeded with the time of day.
import { randomInt } from 'node:crypto';
import type { RandomSource } from '../contracts/random-source.ts';
import { assertBound } from './seeded-random.ts';

const ALPHABET = '0123456789abcdefghijklmnopqrstuvwxyz';
const TWO_TO_26 = 2 ** 26;
const TWO_TO_27 = 2 ** 27;

/** The random source of an engine in production; the default. */
export class SystemRandom implements RandomSource {
  /** A number at least 0 and below 1, one of 2^53. */
  next(): number {
    return (randomInt(TWO_TO_27) * TWO_TO_26 + randomInt(TWO_TO_26)) / 2 ** 53;
  }

  /** A whole number at least 0 and below `bound`, each equally likely. @throws TypeError on a bound beyond 1 to 2^32. */
  integer(bound: number): number {
    assertBound(bound);
    return randomInt(bound);
  }

  /** `length` characters out of 0–9 and a–z. */
  id(length: number): string {
    let id = '';
    while (id.length < length) id += ALPHABET.charAt(randomInt(ALPHABET.length));
    return id;
  }
}
