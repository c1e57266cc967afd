// The mutants of engine, log, core and sinks detected by the simulation alone: a record of
// `npm run mutants -- --sight`, kept as data. The record is not part of a search: seeds draw other plans when draws are added.
import { readFileSync, writeFileSync } from 'node:fs';
import type { Mutant } from './mutant.ts';

/** The result for one mutant. */
export interface Sighting {
  /** The first seed that breaks a promise; null: none of the tried seeds. */
  readonly seed: number | null;
  /** The broken promise. */
  readonly promise: string | null;
  /** The maximum number of tried seeds. */
  readonly seeds: number;
}

const RECORD = new URL('./sightings.json', import.meta.url);

/** Mutants that change neither a result nor a promise of a program on one machine, so the simulation skips such mutants. */
const OUTSIDE = /^(remote|threads|scheduling|receivers)\//;

/** Tells whether the simulation should detect a mutant. */
export function isSimulated({ patches, outside, world }: Mutant): boolean {
  return outside === undefined && (world === 'cluster' || patches.every(({ file }) => !OUTSIDE.test(file)));
}

/** The results, by the names of mutants. */
export function readSightings(): Readonly<Record<string, Sighting>> {
  return JSON.parse(readFileSync(RECORD, 'utf8')) as Readonly<Record<string, Sighting>>;
}

/** Records a result beside the results of other mutants. Results of removed mutants are dropped. */
export function recordSighting(name: string, sighting: Sighting, mutants: readonly Mutant[]): void {
  const all = { ...readSightings(), [name]: sighting };
  const kept = mutants.flatMap((mutant) => {
    const seen = all[mutant.name];
    return seen === undefined ? [] : [[mutant.name, seen] as const];
  });
  writeFileSync(RECORD, `${JSON.stringify(Object.fromEntries(kept), undefined, 2)}\n`);
}
