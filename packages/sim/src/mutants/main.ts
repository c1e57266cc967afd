#!/usr/bin/env -S node --conditions=millrace:source
// `npm run mutants`: runs the finder of each mutant, and fails when a mutant survives, or when a finder did not come to its
// end. A survivor is a promise without a check.
import { createHash } from 'node:crypto';
import { SystemClock } from '@millrace/core';
import { endWhenUnread } from '@millrace/core/engine';
import { Command, Option } from 'commander';
import { wholeNumber } from '../whole-number.ts';
import { findMutant, sightMutant } from './find-mutant.ts';
import { type Mutant, MUTANTS } from './index.ts';
import { mutantTable, shareOf } from './mutant-table.ts';
import { isSimulated, recordSighting } from './sightings.ts';

interface Asked {
  readonly name?: readonly string[];
  readonly finder?: Mutant['finder']['kind'];
  readonly sample?: number;
  readonly salt: string;
  readonly seeds?: number;
  readonly jobs: number;
  readonly list: boolean;
  readonly sight: boolean;
  readonly table: boolean;
}

/** The number of seeds for the simulation alone per mutant. */
const SIGHT_SEEDS = 400;

endWhenUnread();
const clock = new SystemClock();
const write = (line: string): void => void process.stdout.write(`${line}\n`);

const asked = new Command('mutants')
  .description('Breaks the engine in one place after the other, and fails when a defect stays undetected.')
  .addOption(
    new Option('--name <name...>', 'only these mutants; default: all').choices(
      MUTANTS.map(({ name }) => name),
    ),
  )
  .addOption(
    new Option('--finder <kind>', 'only mutants with this kind of finder').choices(['simulation', 'test']),
  )
  .option('--sample <count>', 'a sample of this size, chosen by --salt', wholeNumber)
  .option('--salt <text>', 'chooses the sample, for instance the name of a commit', '')
  .option(
    '--seeds <count>',
    'number of seeds of the simulation, instead of the number of each mutant',
    wholeNumber,
  )
  .option('--jobs <count>', 'number of parallel processes of the simulation', wholeNumber, 1)
  .option('--list', 'only list the mutants', false)
  .option('--sight', 'record the mutants detected by the simulation alone, in sightings.json', false)
  .option('--table', 'only print the list for the README', false)
  .parse()
  .opts<Asked>();

const chosen = choose(asked);
if (asked.list) for (const mutant of chosen) write(describe(mutant));
else if (asked.table) write(mutantTable(MUTANTS));
else if (asked.sight) await sightAll(chosen);
else process.exitCode = await searchAll(chosen);

/** Searches for one mutant after the other; returns the exit code. */
async function searchAll(mutants: readonly Mutant[]): Promise<number> {
  const survivors: string[] = [];
  const unknown: string[] = [];
  for (const mutant of mutants) {
    const begunMs = clock.monotonicMs();
    const { isFound, isUnknown = false, by } = await findMutant(mutant, asked);
    const seconds = ((clock.monotonicMs() - begunMs) / 1_000).toFixed(1);
    const outcome = isUnknown ? 'UNKNOWN ' : 'SURVIVES';
    write(`${isFound ? 'found   ' : outcome} ${mutant.name} (${seconds} s): ${by}`);
    if (!isFound) (isUnknown ? unknown : survivors).push(mutant.name);
  }
  const of = `of ${mutants.length} mutants`;
  if (survivors.length > 0) write(`${survivors.length} ${of} survive: ${survivors.join(', ')}`);
  if (unknown.length > 0) write(`${unknown.length} ${of} are not known to be found: ${unknown.join(', ')}`);
  if (survivors.length + unknown.length > 0) return 1;
  write(`all ${mutants.length} mutants were found`);
  return 0;
}

/** Runs the simulation alone for each mutant that it should detect, and records the results. */
async function sightAll(mutants: readonly Mutant[]): Promise<void> {
  const { jobs, seeds = SIGHT_SEEDS } = asked;
  for (const mutant of mutants.filter(isSimulated)) {
    const { seed, promise } = await sightMutant(mutant, { jobs, seeds });
    recordSighting(mutant.name, { seed, promise, seeds }, MUTANTS);
    write(`${mutant.name}: ${seed === null ? `no seed of ${seeds}` : `seed ${seed}, ${promise}`}`);
  }
  write(shareOf(MUTANTS));
}

function choose({ name, finder, sample, salt }: Asked): readonly Mutant[] {
  const asked_ = MUTANTS.filter(
    (mutant) =>
      (name === undefined || name.includes(mutant.name)) &&
      (finder === undefined || mutant.finder.kind === finder),
  );
  if (sample === undefined) return asked_;
  const place = (mutant: Mutant) => createHash('sha256').update(`${salt}/${mutant.name}`).digest('hex');
  return asked_.toSorted((one, other) => (place(one) < place(other) ? -1 : 1)).slice(0, sample);
}

function describe({ name, wrong, finder }: Mutant): string {
  const by = finder.kind === 'test' ? finder.file : `simulation ${(finder.faults ?? []).join(' ')}`.trimEnd();
  return `${name}: ${wrong} [${by}]`;
}
