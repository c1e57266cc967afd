// Numbers shared by the suites about streams: drawn from a seed, so that each run has the same numbers, and summed up.
import { SeededRandom } from '@millrace/core';

/** Pairs of a key below `keys` and a number below 100; the same for the same seed. */
export function pairs(seed: number, count: number, keys: number): [number, number][] {
  const random = new SeededRandom(seed);
  return Array.from({ length: count }, () => [random.integer(keys), random.integer(100)]);
}

/** The sum. */
export function sumOf(numbers: Iterable<number>): number {
  let sum = 0;
  for (const number of numbers) sum += number;
  return sum;
}
