// The list of mutants in the README: who finds each, and whether the simulation alone does.
import type { Mutant, MutantFinder } from './mutant.ts';
import { isSimulated, readSightings, type Sighting } from './sightings.ts';

/** The lines between which the list stands in the README. */
export const TABLE_BEGIN = '<!-- mutants: begin -->';
/** See `TABLE_BEGIN`. */
export const TABLE_END = '<!-- mutants: end -->';

/** The list, with how many the simulation alone sees. */
export function mutantTable(mutants: readonly Mutant[]): string {
  const sightings = readSightings();
  const rows = mutants.map((mutant) => {
    const seen = sightings[mutant.name];
    return `| \`${mutant.name}\` | ${mutant.wrong} | ${finderText(mutant.finder)} | ${sightingText(mutant, seen)} |`;
  });
  return [
    shareOf(mutants, sightings),
    '',
    '| mutant | what is wrong | found by | the simulation alone |',
    '| --- | --- | --- | --- |',
    ...rows,
  ].join('\n');
}

/** How many of those that the simulation should see it sees. */
export function shareOf(mutants: readonly Mutant[], sightings = readSightings()): string {
  const simulated = mutants.filter(isSimulated);
  const asked = simulated.filter(({ name }) => sightings[name] !== undefined);
  const seen = asked.filter(({ name }) => typeof sightings[name]?.seed === 'number');
  const percent = asked.length === 0 ? 0 : Math.round((100 * seen.length) / asked.length);
  const untold = simulated.length - asked.length;
  return (
    `${mutants.length} mutants. ${simulated.length} of them change what a simulated program computes or is promised; the ` +
    `simulation alone sees ${seen.length} of the ${asked.length} that it was asked about (${percent} %), and was not asked about ${untold}.`
  );
}

function finderText(finder: MutantFinder): string {
  if (finder.kind === 'test') return `\`${finder.file.replace(/^packages\//, '')}\``;
  return ['simulation', ...(finder.faults ?? [])].join(' ');
}

function sightingText(mutant: Mutant, seen: Sighting | undefined): string {
  if (mutant.outside !== undefined) return mutant.outside;
  if (!isSimulated(mutant)) return '';
  if (seen === undefined) return 'not asked';
  return seen.seed === null ? `no seed of ${seen.seeds}` : `seed ${seen.seed}, ${seen.promise}`;
}
