// The command line of `millrace-bench`: names, options, help. Other files carry out the command; an invalid command
// line throws commander's error.
import { DEFAULT_PORT } from '@millrace/dashboard';
import type { Master } from '@millrace/engine';
import { Command, InvalidArgumentError } from 'commander';
import manifest from '@millrace/harness/package.json' with { type: 'json' };
import type { WorkloadLoad } from '../run/workload-config.ts';

/** The values of the flags; all other values come from the config file or from the defaults. */
export interface AskedRun {
  readonly kind: 'run';
  /** The path of the config file. */
  readonly config?: string;
  readonly name?: string;
  readonly batchIntervalMs?: number;
  readonly durationMs?: number;
  readonly warmUpMs?: number;
  readonly load: WorkloadLoad;
  /** `local`, `local[N]` or `local[*]`. */
  readonly master?: Master;
  /** The directory of a write-ahead log. */
  readonly wal?: string;
  /** The port of the dashboard; absent: no dashboard. */
  readonly dashboard?: number;
  readonly json?: string;
  readonly html?: string;
  readonly md?: string;
  /** A report to compare with. */
  readonly compare?: string;
}

/** A comparison of two reports. */
export interface AskedComparison {
  readonly kind: 'compare';
  readonly before: string;
  readonly now: string;
  readonly html?: string;
  readonly md?: string;
}

/** The names of config files; when the command names no file, the first present one is loaded. */
export const DEFAULT_CONFIGS: readonly string[] = ['ts', 'mts', 'cts', 'js', 'mjs', 'cjs'].map(
  (ending) => `millrace.config.${ending}`,
);

const EXAMPLES = `
Times have a unit: 500ms, 5s, 2m, 1h. A time without a unit is in seconds.

Examples:
  millrace-bench --rate 50000 --duration 20s
  millrace-bench run ./engine.config.ts --json run.json --html run.html
  millrace-bench --rate 20000 --burst 5s,500ms,10 --fail-every 10s --wal ./data/wal
  millrace-bench run --compare before.json
  millrace-bench --rate 200000 --duration 10m --dashboard
  millrace-bench compare before.json after.json --html both.html

Without a file argument, millrace.config.ts of the working directory is loaded if it exists (or .mts, .cts, .js, .mjs, .cjs);
flags override its values. A config is a module whose default export is made by defineConfig of @millrace/harness.
Records are sent at their intended times, however slow the engine is, and delays count from the intended times.
Ctrl-C ends the measurement: the engine stops gracefully and a report is printed. A second Ctrl-C ends the process.
Exit codes: 0 done, 1 records were lost, 2 usage error or failure, 130 interrupted.`;

/**
 * Reads a command line, without the names of program and script.
 *
 * @throws commander's `CommanderError` after printing the help or the error; its `exitCode` is 0 for the help.
 */
export function readCommandLine(
  argv: readonly string[],
  write?: (text: string) => void,
): AskedRun | AskedComparison {
  let asked: AskedRun | AskedComparison | undefined;
  const program: Command = new Command('millrace-bench')
    .description('Puts a load on a Millrace engine and reports rates, delays and losses.')
    .version(manifest.version)
    .addHelpText('after', () => `\n${allFlags(program)}${EXAMPLES}`);
  const run = runCommand().action(
    (config: string | undefined, flags: RunFlags) => void (asked = askedRun(config, flags)),
  );
  const compare = new Command('compare')
    .description('shows two reports and the changes between them')
    .argument('<before>', 'a file written by --json')
    .argument('<now>', 'another file written by --json')
    .option('--html <file>', 'write the comparison as a page')
    .option('--md <file>', 'write the comparison as Markdown')
    .action((before: string, now: string, { html, md }: { html?: string; md?: string }) => {
      asked = withoutGaps({ kind: 'compare' as const, before, now, html, md });
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

/** The flags of all commands, for the help of the program: a reader should not need the help of each command. */
function allFlags(program: Command): string {
  const helper = program.createHelp();
  const sections = program.commands.map((command) => {
    const flags = command.options.map((option) => [helper.optionTerm(option), option.description] as const);
    const width = flags.reduce((most, [term]) => Math.max(most, term.length), 0);
    const lines = flags.map(([term, meaning]) => `  ${term.padEnd(width)}  ${meaning}`);
    return [`Flags of ${command.name()}:`, ...lines, ''].join('\n');
  });
  return sections.join('\n');
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
  readonly master?: Master;
  readonly wal?: string;
  readonly dashboard?: number | true;
  readonly json?: string;
  readonly html?: string;
  readonly md?: string;
  readonly compare?: string;
}

function runCommand(): Command {
  return new Command('run')
    .description('runs a workload (the default command)')
    .argument('[config]', 'the config file; default millrace.config.ts, if it exists')
    .option('--name <name>', 'name of the run in reports')
    .option('--interval <time>', 'time between batches, for instance 200ms or 1s; default 1s', duration)
    .option('--duration <time>', 'length of the measurement; default 30s', duration)
    .option('--warm-up <time>', 'time under load before the measurement; default 5s', duration)
    .option('--rate <n>', 'records per second of all receivers together; default 10000', number)
    .option('--record-bytes <n>', 'characters of each record; default 100', number)
    .option('--receivers <n>', 'number of receivers; default 1', number)
    .option('--keys <n>', 'number of different keys; default 1000', number)
    .option('--skew <n>', 'skew of keys: 0 uniform, 1 like the words of a language; default 0', number)
    .option('--burst <every,length,factor>', 'bursts of load, for instance 5s,500ms,10', burst)
    .option('--fail-every <time>', 'time between failures of each receiver', duration)
    .option('--seed <n>', 'seed of the keys; default 1', number)
    .option('--master <where>', "local, or threads: 'local[4]', 'local[*]' for one per core; default local")
    .option('--wal <directory>', 'keep blocks and metadata in a write-ahead log in this directory')
    .option(
      '--dashboard [port]',
      'show the engine live on a page of this port; default 4040, or the next free one',
      port,
    )
    .option('--json <file>', 'write the report as data')
    .option('--html <file>', 'write the report as a page with plots')
    .option('--md <file>', 'write the report as Markdown')
    .option('--compare <file>', 'show the changes since a report written by --json');
}

function askedRun(config: string | undefined, flags: RunFlags): AskedRun {
  const { name, interval, duration: length, warmUp, wal, master, json, html, md, compare } = flags;
  return withoutGaps({
    kind: 'run' as const,
    config,
    name,
    batchIntervalMs: interval,
    durationMs: length,
    warmUpMs: warmUp,
    wal,
    dashboard: flags.dashboard === true ? DEFAULT_PORT : flags.dashboard,
    master,
    json,
    html,
    md,
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

/** Copies the values and leaves out undefined ones. */
function withoutGaps<T extends object>(values: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const said = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(said) as { [K in keyof T]: Exclude<T[K], undefined> };
}

function number(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) throw new InvalidArgumentError('expected a number.');
  return value;
}

function port(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
  throw new InvalidArgumentError('expected a port from 0 to 65535.');
}

const UNITS_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** `200ms`, `5s`, `2m`, `1h`; a bare number is seconds. */
function duration(text: string): number {
  const [, amount = '', unit = 's'] = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(text) ?? [];
  if (amount === '') throw new InvalidArgumentError('expected a time, for instance 200ms, 5s or 2m.');
  return Math.round(Number(amount) * (UNITS_MS[unit] ?? 1));
}

function burst(text: string): NonNullable<WorkloadLoad['burst']> {
  const [every, length, factor, ...more] = text.split(',');
  if (every === undefined || length === undefined || factor === undefined || more.length > 0) {
    throw new InvalidArgumentError('expected every,length,factor, for instance 5s,500ms,10.');
  }
  return { everyMs: duration(every), lengthMs: duration(length), factor: number(factor) };
}
