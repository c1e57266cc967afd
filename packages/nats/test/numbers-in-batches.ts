// The results of the program `numbers.ts`.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The numbers of all batches in order; a batch that ran twice has its last result. */
export function numbersInBatches(directory: string): readonly number[] {
  const lines = readFileSync(join(directory, 'batches'), 'utf8').split('\n').slice(0, -1);
  const batches = new Map(lines.map((line) => JSON.parse(line) as [number, number[]]));
  return [...batches].toSorted(([one], [two]) => one - two).flatMap(([, numbers]) => numbers);
}
