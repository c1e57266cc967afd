// What the simulation alone sees of each mutant of the engine, the log, the core and the sinks: a record of `npm run mutants --
// --sight`, kept as data. It is no part of a search: seeds draw other plans when draws are added.
import { readFileSync, writeFileSync } from 'node:fs';
import type { Mutant } from './mutant.ts';

/** What was seen of one mutant. */
export interface Sighting {
  /** The first seed that breaks a promise; null: none of those that were looked at. */
  readonly seed: number | null;
  /** That promise. */
  readonly promise: string | null;
  /** How many seeds were looked at, at most. */
  readonly seeds: number;
}

const RECORD = new URL('./sightings.json', import.meta.url);

/** Why the simulation is not asked about a mutant: it changes nothing that a simulated program computes or is promised. */
const OUTSIDE = /^(threads|scheduling|receivers)\//;

/** Whether the simulation should see a mutant. */
export function isSimulated({ patches, outside }: Mutant): boolean {
  return outside === undefined && patches.every(({ file }) => !OUTSIDE.test(file));
}

/** What was seen, by the names of mutants. */
export function readSightings(): Readonly<Record<string, Sighting>> {
  return JSON.parse(readFileSync(RECORD, 'utf8')) as Readonly<Record<string, Sighting>>;
}

/** Puts down what was seen now, beside what was seen of others. Mutants that are no more are left out. */
export function recordSighting(name: string, sighting: Sighting, mutants: readonly Mutant[]): void {
  const all = { ...readSightings(), [name]: sighting };
  const kept = mutants.flatMap((mutant) => {
    const seen = all[mutant.name];
    return seen === undefined ? [] : [[mutant.name, seen] as const];
  });
  writeFileSync(RECORD, `${JSON.stringify(Object.fromEntries(kept), undefined, 2)}\n`);
}
