// The command: what it takes, and what it then does. Kept apart from the process, so that a test can run it.
import { writeFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { makeProgress } from './progress.ts';
import { headLines, suiteLine, suiteLines, type SuiteResult } from './report.ts';
import { runWorkload, type RunOptions } from './run-workload.ts';
import type { BenchSuite } from './suite.ts';
import { lookAround } from './surroundings.ts';

const THOROUGH: RunOptions = { rounds: 9, maxSeconds: 0.5, minSamples: 10 };
const QUICK: RunOptions = { rounds: 3, maxSeconds: 0.1, minSamples: 5 };

/** What the command works with. */
export interface CommandSurroundings {
  readonly suites: readonly BenchSuite[];
  /** Takes a line of the results. */
  readonly write: (line: string) => void;
}

interface Flags {
  readonly suite?: string;
  readonly quick?: boolean;
  readonly list?: boolean;
  readonly json?: string;
}

/**
 * Runs the command.
 *
 * @param args What follows the name of the program.
 * @returns the exit code: 0, or 1 when the arguments are wrong. A budget that is not met is printed and is no error.
 * @throws what a benchmark threw.
 */
export async function runCommand(
  args: readonly string[],
  surroundings: CommandSurroundings,
): Promise<number> {
  const { suites, write } = surroundings;
  const command = makeCommand(write);
  try {
    command.parse(args, { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode;
    throw error;
  }
  const flags = command.opts<Flags>();
  if (flags.list === true) {
    for (const suite of suites) write(suiteLine(suite));
    return 0;
  }
  const chosen = suites.filter((suite) => flags.suite === undefined || suite.name === flags.suite);
  if (chosen.length === 0) {
    write(`no suite is called ${flags.suite}; there is ${suites.map((suite) => suite.name).join(', ')}`);
    return 1;
  }
  await runSuites(chosen, flags, write);
  return 0;
}

function makeCommand(write: (line: string) => void): Command {
  return new Command('bench')
    .description('Measures Millrace beside its peers, in alternating rounds of one process.')
    .option('--suite <name>', 'run one suite only')
    .option('--quick', 'few and short rounds: to see that it works, not to quote')
    .option('--list', 'name the suites and end')
    .option('--json <file>', 'write all figures to a file')
    .helpOption('--help', 'show this')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => write(text.trimEnd()),
      writeErr: (text) => write(text.trimEnd()),
    });
}

async function runSuites(
  suites: readonly BenchSuite[],
  flags: Flags,
  write: (line: string) => void,
): Promise<void> {
  const options = flags.quick === true ? QUICK : THOROUGH;
  const around = lookAround();
  for (const line of headLines(around, options.rounds)) write(line);
  const results: SuiteResult[] = [];
  for (const suite of suites) {
    const result = await runSuite(suite, options);
    results.push(result);
    for (const line of ['', suiteLine(suite), '', ...suiteLines(result)]) write(line);
  }
  if (flags.json !== undefined) {
    writeFileSync(flags.json, `${JSON.stringify({ ...around, options, results }, undefined, 2)}\n`);
  }
}

async function runSuite(suite: BenchSuite, options: RunOptions): Promise<SuiteResult> {
  const workloads: SuiteResult['workloads'][number][] = [];
  const progress = makeProgress(suite.workloads.length * suite.contenders * (options.rounds + 1));
  try {
    for (const workload of suite.workloads) {
      workloads.push(
        await runWorkload(workload, options, (name) => progress.step(`${workload.name}: ${name}`)),
      );
    }
  } finally {
    progress.end();
  }
  return { suite: suite.name, unit: suite.unit, workloads };
}
