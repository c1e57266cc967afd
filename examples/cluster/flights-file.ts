// The flights of the file, which every machine has with the package.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Flight } from '../flights/flight-statistics.ts';

/** Reads all flights. */
export function readFlights(): readonly Flight[] {
  // The package exports only its code; the data is beside the code.
  const code = fileURLToPath(import.meta.resolve('vega-datasets'));
  const file = join(dirname(code), '..', 'data', 'flights-20k.json');
  return JSON.parse(readFileSync(file, 'utf8')) as Flight[];
}
