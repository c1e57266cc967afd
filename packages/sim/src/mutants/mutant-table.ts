// The list of mutants in the README: the finder of each mutant, and the result of the simulation alone.
import type { Mutant } from './mutant.ts';
import { isSimulated, readSightings, type Sighting } from './sightings.ts';

/** The marks around the list in the README. */
export const TABLE_BEGIN = '<!-- mutants: begin -->';
/** See `TABLE_BEGIN`. */
export const TABLE_END = '<!-- mutants: end -->';

/** The list, with the number of mutants detected by the simulation alone. */
export function mutantTable(mutants: readonly Mutant[]): string {
  const sightings = readSightings();
  const rows = mutants.map((mutant) => {
    const seen = sightings[mutant.name];
    return `| \`${mutant.name}\` | ${mutant.wrong} | ${finderText(mutant)} | ${sightingText(mutant, seen)} |`;
  });
  return [
    shareOf(mutants, sightings),
    '',
    '| mutant | defect | found by | the simulation alone |',
    '| --- | --- | --- | --- |',
    ...rows,
  ].join('\n');
}

/** The number of mutants that the simulation detects, of those that it should detect. */
export function shareOf(mutants: readonly Mutant[], sightings = readSightings()): string {
  const simulated = mutants.filter(isSimulated);
  const asked = simulated.filter(({ name }) => sightings[name] !== undefined);
  const seen = asked.filter(({ name }) => typeof sightings[name]?.seed === 'number');
  const percent = asked.length === 0 ? 0 : Math.round((100 * seen.length) / asked.length);
  const untold = simulated.length - asked.length;
  return (
    `${mutants.length} mutants. ${simulated.length} of these change a result or a promise of a simulated program; the ` +
    `simulation alone detects ${seen.length} of ${asked.length} tried mutants (${percent} %), and ${untold} were not tried.`
  );
}

function finderText({ finder, world }: Pick<Mutant, 'finder' | 'world'>): string {
  if (finder.kind === 'test') return `\`${finder.file.replace(/^packages\//, '')}\``;
  return ['simulation', ...(world === undefined ? [] : [world]), ...(finder.faults ?? [])].join(' ');
}

function sightingText(mutant: Mutant, seen: Sighting | undefined): string {
  if (mutant.outside !== undefined) return mutant.outside;
  if (!isSimulated(mutant)) return '';
  if (seen === undefined) return 'not tried';
  return seen.seed === null ? `no seed of ${seen.seeds}` : `seed ${seen.seed}, ${seen.promise}`;
}
