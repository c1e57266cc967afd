// Randomness. Jitter, attempt ids and samples come from this port alone, so that a run under the simulation is a
// function of its seed.
import { portToken } from './port-token.ts';

/** The only source of randomness. Called rarely, from one thread. Not for secrets: a seeded source is predictable. */
export interface RandomSource {
  /** A number at least 0 and below 1. */
  next(): number;

  /** A whole number at least 0 and below `bound`; `bound` is a whole number from 1 to 2^32. */
  integer(bound: number): number;

  /** `length` characters out of 0–9 and a–z; 12 characters distinguish about 2^62 ids. */
  id(length: number): string;
}

/** The token of the random source. Shipped: `SystemRandom` (default), `SeededRandom`. */
export const RandomSource = portToken<RandomSource>('RandomSource');
