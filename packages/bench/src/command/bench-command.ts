// The command: reads the arguments and runs suites. Independent of the process, so that a test can run the command.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, CommanderError } from 'commander';
import { type Comparison, compareWith } from '../reports/comparison.ts';
import { htmlReport } from '../reports/html-report.ts';
import {
  comparisonLines,
  designLines,
  durationText,
  headLines,
  markdownReport,
  suiteLines,
} from '../reports/markdown-report.ts';
import {
  type Baseline,
  baselineOf,
  readBaseline,
  readBaselineFile,
  writeBaseline,
} from '../runner/baseline.ts';
import { makeProgress } from '../runner/progress.ts';
import type { AbsentSuite, RunResult, SuiteResult } from '../runner/run-result.ts';
import { measureWorkload, type RunOptions, type WorkloadResult } from '../runner/measure-workload.ts';
import { type BenchSuite, metricsOf } from '../runner/suite.ts';
import { lookAround } from '../runner/surroundings.ts';

/** All suites without peers take eleven to twelve minutes with these options. */
const USUAL: RunOptions = {
  rounds: 3,
  maxSeconds: 0.1,
  minSamples: 2,
  seconds: 1,
  isQuick: false,
  hasWarmUp: true,
};
const THOROUGH: RunOptions = { ...USUAL, rounds: 9, maxSeconds: 0.5, minSamples: 10, seconds: 10 };
const QUICK: RunOptions = {
  ...USUAL,
  rounds: 2,
  maxSeconds: 0.05,
  minSamples: 2,
  seconds: 0.5,
  isQuick: true,
};

/** Dependencies of the command. */
export interface BenchCommandDeps {
  readonly suites: readonly BenchSuite[];
  /** Takes a line of the results. */
  readonly write: (line: string) => void;
}

interface Flags {
  readonly suite?: readonly string[];
  readonly quick?: boolean;
  readonly thorough?: boolean;
  readonly peers?: boolean;
  readonly list?: boolean;
  readonly json?: string;
  readonly report?: string;
  readonly baseline?: string;
  readonly saveBaseline?: boolean;
}

/**
 * Runs the command.
 *
 * @param args The arguments after the name of the program.
 * @returns the exit code: 0, or 1 for invalid arguments. A missed budget is printed and does not change the exit code.
 * @throws the error of a benchmark.
 */
export async function runCommand(args: readonly string[], surroundings: BenchCommandDeps): Promise<number> {
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
  const unknown = flags.suite?.find((name) => !suites.some((suite) => suite.name === name));
  if (unknown !== undefined) {
    write(`no suite is called ${unknown}; available: ${suites.map((suite) => suite.name).join(', ')}`);
    return 1;
  }
  const chosen = suites.filter(({ name }) => flags.suite === undefined || flags.suite.includes(name));
  await runSuites(chosen, flags, write);
  return 0;
}

function makeCommand(write: (line: string) => void): Command {
  return new Command('bench')
    .description('Measures Millrace beside its peers, in alternating rounds in one process.')
    .option('--suite <name...>', 'run these suites only')
    .option('--quick', 'few and short rounds, to check that everything works; not for quoting')
    .option('--thorough', 'more and longer rounds, for figures to quote')
    .option(
      '--peers',
      'also run suites with peers installed by packages/bench/peers/setup, which takes minutes',
    )
    .option('--list', 'list the suites and exit')
    .option('--json <file>', 'write all figures to a file')
    .option('--report <directory>', 'write report.md and report.html, a page with plots, to a directory')
    .option('--baseline <file>', 'compare with this baseline instead of the baseline of this machine')
    .option('--save-baseline', 'save this run as the baseline of this machine')
    .helpOption('--help', 'show this help')
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
  const options = flags.quick === true ? QUICK : flags.thorough === true ? THOROUGH : USUAL;
  const surroundings = lookAround();
  const finished: SuiteResult[] = [];
  const absent: AbsentSuite[] = [];
  const beganMs = performance.now();
  const run: RunResult = { surroundings, options, suites: finished, absent };
  for (const line of headLines(run)) write(line);
  for (const suite of suites) {
    for (const line of ['', suiteLine(suite), '']) write(line);
    const reason = absenceOf(suite, flags);
    if (reason === undefined) {
      const result = await runSuite(suite, options);
      finished.push(result);
      for (const line of suiteLines(result)) write(line);
    } else {
      absent.push({ suite: suite.name, reason });
      write(`not run: ${reason}`);
    }
  }
  conclude(run, flags, write);
  write(`\ntotal time: ${durationText((performance.now() - beganMs) / 1_000)}`);
}

/** Prints and writes the results after all suites. */
function conclude(run: RunResult, flags: Flags, write: (line: string) => void): void {
  const comparison = compareWith(run, earlier(run, flags), flags.baseline !== undefined);
  for (const line of ['', ...designLines(run, flags.suite !== undefined), '', ...comparisonLines(comparison)])
    write(line);
  if (flags.json !== undefined) writeFileSync(flags.json, `${JSON.stringify(run, undefined, 2)}\n`);
  if (flags.report !== undefined) writeReports(flags.report, run, comparison);
  if (flags.saveBaseline === true) write(`\nbaseline saved in ${writeBaseline(baselineOf(run))}`);
}

function earlier(run: RunResult, { baseline }: Flags): Baseline | undefined {
  return baseline === undefined ? readBaseline(run.surroundings) : readBaselineFile(baseline);
}

function writeReports(directory: string, run: RunResult, comparison: Comparison): void {
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, 'report.md'), markdownReport(run, comparison));
  writeFileSync(join(directory, 'report.html'), htmlReport(run, comparison));
}

/** The reason to skip a suite: suites with peers run only with `--peers`, unless the suite is selected by name. */
function absenceOf(suite: BenchSuite, { peers = false, suite: named }: Flags): string | undefined {
  const isMeant = peers || named?.includes(suite.name) === true;
  if (suite.needsPeers === true && !isMeant) return 'the suite takes minutes and runs with --peers only';
  return suite.absence?.();
}

async function runSuite(suite: BenchSuite, options: RunOptions): Promise<SuiteResult> {
  const beganMs = performance.now();
  const workloads: WorkloadResult[] = [];
  const hasWarmUp = suite.roundsAtMost === undefined;
  const atMost = options.isQuick ? 1 : suite.roundsAtMost;
  const rounds = hasWarmUp ? options.rounds : Math.min(options.rounds, atMost ?? options.rounds);
  const measurements = rounds + (hasWarmUp ? 1 : 0);
  const progress = makeProgress(suite.workloads.length * suite.contenders * measurements);
  try {
    for (const workload of suite.workloads) {
      workloads.push(
        await measureWorkload(workload, { ...options, rounds, hasWarmUp }, (name) =>
          progress.step(`${workload.name}: ${name}`),
        ),
      );
    }
  } finally {
    progress.end();
  }
  const { name, purpose, axis } = suite;
  return {
    suite: name,
    purpose,
    metrics: metricsOf(suite),
    ...(axis === undefined ? {} : { axis }),
    workloads,
    tookSeconds: (performance.now() - beganMs) / 1_000,
  };
}

/** A suite's name and question. */
function suiteLine({ name, purpose }: BenchSuite): string {
  return `${name.padEnd(12)} ${purpose}`;
}
