// The options of `npm start`.
import { DEFAULT_PORT } from '@millrace/dashboard';
import type { Master } from '@millrace/engine';
import { Command, InvalidArgumentError, Option } from 'commander';

/** The names of the policies. */
const POLICIES = ['round-robin', 'locality', 'load-balanced'] as const;

/** The level of the engine's log on standard error. */
const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;

/** The options of the command. */
export interface CommandOptions {
  /** Days of flights per second. */
  readonly speed: number;
  readonly batchIntervalMs: number;
  readonly receivers: number;
  /** The place of receivers and tasks. */
  readonly master: Master;
  readonly policy: (typeof POLICIES)[number];
  readonly socket: { readonly host: string; readonly port: number } | undefined;
  /** The directory of a run that survives its process. */
  readonly durable: string | undefined;
  readonly json: boolean;
  /** The port of the dashboard; undefined: no dashboard. */
  readonly dashboardPort: number | undefined;
  readonly logLevel: (typeof LOG_LEVELS)[number];
}

/** Reads the command line. Help and mistakes are printed, and then end the process. */
export function readCommandLine(argv: readonly string[]): CommandOptions {
  const command = new Command('npm start --')
    .description('Replays 20,000 real flights through the engine, or counts the words of a text socket.')
    .addOption(option('--speed <days>', 'days of flights per second', positive).default(1))
    .addOption(option('--batch-interval <ms>', 'milliseconds between batches', wholeFrom(1)).default(1_000))
    .addOption(option('--receivers <count>', 'receivers that share the file', wholeFrom(1, 64)).default(2))
    .addOption(
      option('--master <place>', 'local, local[N] for N threads, or local[*]', master).default('local'),
    )
    .addOption(
      new Option('--policy <name>', 'where receivers run').choices(POLICIES).default('load-balanced'),
    )
    .addOption(option('--socket <host:port>', 'count the words of this text socket instead', socket))
    .option('--durable <directory>', 'log and checkpoint there: kill it, start it again, and it goes on')
    .option('--json', 'one JSON object per batch instead of tables', false)
    .addOption(
      option(
        '--dashboard-port <port>',
        'port of the dashboard; when taken, the next free one',
        wholeFrom(0, 65_535),
      ).default(DEFAULT_PORT),
    )
    .option('--no-dashboard', 'show no dashboard')
    .addOption(
      new Option('--log-level <level>', "the engine's log on standard error")
        .choices(LOG_LEVELS)
        .default('warn'),
    )
    .addHelpText(
      'after',
      '\nExamples:\n  npm start -- --speed 30\n  npm start -- --master local[2]\n  npm start -- --socket localhost:9999   (after: nc -lk 9999)\n' +
        '\nCtrl-C stops gracefully and reports the rest; a second Ctrl-C stops at once.',
    )
    .allowExcessArguments(false)
    .showHelpAfterError('(--help lists the options)');
  const options = command.parse([...argv]).opts();
  if (options['socket'] !== undefined) {
    for (const name of ['speed', 'receivers']) {
      if (command.getOptionValueSource(name) !== 'cli') continue;
      command.error(
        `error: --${name} is about the flights and has no meaning with --socket; leave one of them out`,
      );
    }
  }
  return {
    speed: options['speed'],
    batchIntervalMs: options['batchInterval'],
    receivers: options['receivers'],
    master: options['master'],
    policy: options['policy'],
    socket: options['socket'],
    durable: options['durable'],
    json: options['json'],
    dashboardPort: options['dashboard'] === true ? options['dashboardPort'] : undefined,
    logLevel: options['logLevel'],
  };
}

function option(flags: string, description: string, parse: (text: string) => unknown): Option {
  return new Option(flags, description).argParser(parse);
}

function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0 && Number.isFinite(value))) throw new InvalidArgumentError('expected a number above 0.');
  return value;
}

function wholeFrom(least: number, most = 86_400_000): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (Number.isInteger(value) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`expected a whole number from ${least} to ${most}.`);
  };
}

function master(text: string): Master {
  if (/^local(\[(\*|[1-9]\d{0,3})\])?$/.test(text)) return text as Master;
  throw new InvalidArgumentError('expected local, local[*], or local[N] with N from 1 to 9999.');
}

function socket(text: string): { host: string; port: number } {
  const [, host, port] = /^(?:\[?([^\]]+)\]?):(\d+)$/.exec(text) ?? [];
  if (host === undefined || !(Number(port) >= 1 && Number(port) <= 65_535)) {
    throw new InvalidArgumentError('expected host:port, for instance localhost:9999.');
  }
  return { host, port: Number(port) };
}
