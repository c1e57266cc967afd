// The command line of `millrace-bench`: names, options, help. What was asked is run elsewhere; a wrong command line throws
// commander's error.
import { Command, InvalidArgumentError } from 'commander';
import { PACKAGE_VERSION } from '../package-version.ts';
import type { WorkloadLoad } from '../run/workload-config.ts';

/** What the flags said; everything else comes from the config file, or from the defaults. */
export interface AskedRun {
  readonly kind: 'run';
  /** The path of the config file. */
  readonly config?: string;
  readonly name?: string;
  readonly batchIntervalMs?: number;
  readonly durationMs?: number;
  readonly warmUpMs?: number;
  readonly load: WorkloadLoad;
  /** The directory of a write-ahead log. */
  readonly wal?: string;
  readonly json?: string;
  readonly html?: string;
  /** A report to compare with. */
  readonly compare?: string;
}

/** Two reports beside each other. */
export interface AskedComparison {
  readonly kind: 'compare';
  readonly before: string;
  readonly now: string;
  readonly html?: string;
}

/** The name of the config file that is taken when it is there and none is named. */
export const DEFAULT_CONFIG = 'millrace.config.ts';

const EXAMPLES = `
Examples:
  millrace-bench --rate 50000 --duration 20s
  millrace-bench run ./engine.config.ts --json run.json --html run.html
  millrace-bench --rate 20000 --burst 5s,500ms,10 --fail-every 10s --wal ./data/wal
  millrace-bench run --compare before.json
  millrace-bench compare before.json after.json --html both.html

Without a file, ${DEFAULT_CONFIG} of the working directory is taken if it is there; flags go before it. It is a module
whose default export is made by defineConfig of @millrace/harness.
Records are sent when they are meant to be sent, however slow the engine is, and their delays count from then.
Ctrl-C ends the measuring: the engine stops gracefully and there is a report. A second one ends the process.
Exit codes: 0 done, 1 records were lost, 2 usage or a failure, 130 interrupted.`;

/**
 * Reads a command line, without the names of program and script.
 *
 * @throws commander's `CommanderError`, after it has printed help or what is wrong; its `exitCode` is 0 for help.
 */
export function readCommandLine(
  argv: readonly string[],
  write?: (text: string) => void,
): AskedRun | AskedComparison {
  let asked: AskedRun | AskedComparison | undefined;
  const program = new Command('millrace-bench')
    .description('Puts a load on a Millrace engine, and tells what became of it.')
    .version(PACKAGE_VERSION)
    .addHelpText('after', EXAMPLES);
  const run = runCommand().action(
    (config: string | undefined, flags: RunFlags) => void (asked = askedRun(config, flags)),
  );
  const compare = new Command('compare')
    .description('shows two reports, and what changed')
    .argument('<before>', 'a file that --json wrote')
    .argument('<now>', 'another one')
    .option('--html <file>', 'also write a page')
    .action((before: string, now: string, { html }: { html?: string }) => {
      asked = { kind: 'compare', before, now, ...(html === undefined ? {} : { html }) };
    });
  for (const command of [program, run, compare]) {
    command.exitOverride();
    if (write !== undefined) command.configureOutput({ writeOut: write, writeErr: write });
  }
  program.addCommand(run, { isDefault: true }).addCommand(compare);
  program.parse([...argv], { from: 'user' });
  if (asked === undefined) throw new TypeError('commander ran no command');
  return asked;
}

interface RunFlags {
  readonly name?: string;
  readonly interval?: number;
  readonly duration?: number;
  readonly warmUp?: number;
  readonly rate?: number;
  readonly recordBytes?: number;
  readonly receivers?: number;
  readonly keys?: number;
  readonly skew?: number;
  readonly burst?: NonNullable<WorkloadLoad['burst']>;
  readonly failEvery?: number;
  readonly seed?: number;
  readonly wal?: string;
  readonly json?: string;
  readonly html?: string;
  readonly compare?: string;
}

function runCommand(): Command {
  return new Command('run')
    .description('runs a workload (the default command)')
    .argument('[config]', `the config file; default ${DEFAULT_CONFIG}, if it is there`)
    .option('--name <name>', 'names the run in reports')
    .option('--interval <time>', 'between batches, for instance 200ms or 1s; default 1s', duration)
    .option('--duration <time>', 'how long is measured; default 30s', duration)
    .option('--warm-up <time>', 'how long the load runs before that; default 5s', duration)
    .option('--rate <n>', 'records per second of all receivers together; default 10000', number)
    .option('--record-bytes <n>', 'characters of each record; default 100', number)
    .option('--receivers <n>', 'how many there are; default 1', number)
    .option('--keys <n>', 'how many different keys there are; default 1000', number)
    .option('--skew <n>', '0: all keys alike; 1: as words of a language; default 0', number)
    .option('--burst <every,length,factor>', 'for instance 5s,500ms,10', burst)
    .option('--fail-every <time>', 'each receiver fails so often', duration)
    .option('--seed <n>', 'of the keys; default 1', number)
    .option('--wal <directory>', 'keep blocks and metadata in a write-ahead log there')
    .option('--json <file>', 'write the report as data')
    .option('--html <file>', 'write the report as a page with plots')
    .option('--compare <file>', 'show what changed since a report that --json wrote');
}

function askedRun(config: string | undefined, flags: RunFlags): AskedRun {
  const { name, interval, duration: length, warmUp, wal, json, html, compare } = flags;
  return withoutGaps({
    kind: 'run' as const,
    config,
    name,
    batchIntervalMs: interval,
    durationMs: length,
    warmUpMs: warmUp,
    wal,
    json,
    html,
    compare,
    load: withoutGaps({
      recordsPerSecond: flags.rate,
      recordBytes: flags.recordBytes,
      receivers: flags.receivers,
      keys: flags.keys,
      skew: flags.skew,
      burst: flags.burst,
      failEveryMs: flags.failEvery,
      seed: flags.seed,
    }),
  });
}

/** What is not said is not there. */
function withoutGaps<T extends object>(values: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const said = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(said) as { [K in keyof T]: Exclude<T[K], undefined> };
}

function number(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) throw new InvalidArgumentError('expected a number.');
  return value;
}

const UNITS_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** `200ms`, `5s`, `2m`, `1h`; a bare number is milliseconds. */
function duration(text: string): number {
  const [, amount = '', unit = 'ms'] = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(text) ?? [];
  if (amount === '') throw new InvalidArgumentError('expected a time, for instance 200ms or 5s.');
  return Math.round(Number(amount) * (UNITS_MS[unit] ?? 1));
}

function burst(text: string): NonNullable<WorkloadLoad['burst']> {
  const [every, length, factor, ...more] = text.split(',');
  if (every === undefined || length === undefined || factor === undefined || more.length > 0) {
    throw new InvalidArgumentError('expected every,length,factor, for instance 5s,500ms,10.');
  }
  return { everyMs: duration(every), lengthMs: duration(length), factor: number(factor) };
}
