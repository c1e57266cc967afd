#!/usr/bin/env -S node --conditions=millrace:source
// `npm run mutants`: runs the finder of each mutant, and fails when one survives. A survivor is a promise that nobody
// checks.
import { createHash } from 'node:crypto';
import { endWhenUnread, SystemClock } from '@millrace/core';
import { Command, InvalidArgumentError, Option } from 'commander';
import { findMutant } from './find-mutant.ts';
import { type Mutant, MUTANTS } from './index.ts';

interface Asked {
  readonly name?: readonly string[];
  readonly finder?: Mutant['finder']['kind'];
  readonly sample?: number;
  readonly salt: string;
  readonly seeds?: number;
  readonly jobs: number;
  readonly list: boolean;
}

endWhenUnread();
const clock = new SystemClock();
const write = (line: string): void => void process.stdout.write(`${line}\n`);

const asked = new Command('mutants')
  .description('Breaks the engine in one place after the other, and fails when nobody notices.')
  .addOption(
    new Option('--name <name...>', 'only these; default: all').choices(MUTANTS.map(({ name }) => name)),
  )
  .addOption(
    new Option('--finder <kind>', 'only those that this kind of finder has to find').choices([
      'simulation',
      'test',
    ]),
  )
  .option('--sample <count>', 'only so many, chosen by --salt', wholeNumber)
  .option('--salt <text>', 'chooses the sample, for instance the name of a commit', '')
  .option('--seeds <count>', 'seeds of the simulation, instead of what each mutant asks for', wholeNumber)
  .option('--jobs <count>', 'processes of the simulation side by side', wholeNumber, 1)
  .option('--list', 'only say which there are', false)
  .parse()
  .opts<Asked>();

const chosen = choose(asked);
if (asked.list) for (const mutant of chosen) write(describe(mutant));
else process.exitCode = await searchAll(chosen);

/** Searches one after the other; the exit code. */
async function searchAll(mutants: readonly Mutant[]): Promise<number> {
  const survivors: string[] = [];
  for (const mutant of mutants) {
    const begunMs = clock.monotonicMs();
    const { isFound, by } = await findMutant(mutant, asked);
    const seconds = ((clock.monotonicMs() - begunMs) / 1_000).toFixed(1);
    write(`${isFound ? 'found   ' : 'SURVIVES'} ${mutant.name} (${seconds} s): ${by}`);
    if (!isFound) survivors.push(mutant.name);
  }
  write(
    survivors.length === 0
      ? `all ${mutants.length} mutants were found`
      : `${survivors.length} of ${mutants.length} mutants survive: ${survivors.join(', ')}`,
  );
  return survivors.length === 0 ? 0 : 1;
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

function wholeNumber(value: string): number {
  const number = Number(value);
  if (Number.isSafeInteger(number) && number >= 1) return number;
  throw new InvalidArgumentError('expected a whole number, at least 1.');
}
