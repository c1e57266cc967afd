// The command line of `millrace-nats`. A wrong command line throws commander's error, which the command maps to exit code 2.
import manifest from '@millrace/nats/package.json' with { type: 'json' };
import { Command, InvalidArgumentError } from 'commander';
import { type AskedLink, withLinkOptions } from './link-command-line.ts';
import { APP_EXPECTED, isAppName } from '../servers/app-names.ts';

/** The request of a command line. */
export interface AskedInit extends AskedLink {
  readonly app: string;
  readonly replicas: number;
  readonly logBytes?: number;
  readonly checkpointBytes?: number;
  readonly blockBytes?: number;
  readonly monitors?: string;
  readonly syncVerified?: boolean;
  readonly systemUser?: string;
  readonly systemPasswordFile?: string;
  readonly systemCredentials?: string;
  readonly systemNkey?: string;
}

const EXAMPLES = `
Examples:
  millrace-nats init --servers nats://a,nats://b,nats://c --app delays --monitors http://a:8222,http://b:8222,http://c:8222
  millrace-nats init --servers nats://localhost --app delays --replicas 1 --sync-verified

Makes the streams of an application, once, before the first start. A stream that exists is compared and left as it is.
Exit codes: 0 the streams are there, 2 wrong usage, or a server or a stream that Millrace cannot use.`;

/**
 * Reads a command line, without the names of node and script; undefined after help.
 *
 * @throws commander's `CommanderError`, after commander has printed help or the mistake; `exitCode` is 0 for help.
 */
export function readInitCommandLine(argv: readonly string[]): AskedInit {
  let asked: AskedInit | undefined;
  const program = new Command('millrace-nats')
    .description('Prepares servers of NATS for a Millrace application.')
    .version(manifest.version)
    .exitOverride();
  withLinkOptions(program.command('init').description('makes the streams of an application'))
    .requiredOption('--app <name>', 'the appName of the program', appName)
    .option('--replicas <number>', 'servers with a copy of each stream: 1, 3 or 5', replicas, 3)
    .option('--log-bytes <number>', 'the size of the log of the driver; servers set it aside', bytes)
    .option('--checkpoint-bytes <number>', 'the size of the stream of checkpoints', bytes)
    .option('--block-bytes <number>', 'the size of each of three streams of blocks; 0: none', blockSize)
    .option('--monitors <list>', 'the monitoring addresses of all servers, with commas')
    .option('--system-user <name>', 'a user of the system account, in place of --monitors')
    .option('--system-password-file <file>', 'a file with the password of that user')
    .option('--system-credentials <file>', 'a file with the JWT and the key of a user of the system account')
    .option('--system-nkey <file>', 'a file with the seed of the nkey of a user of the system account')
    .option('--sync-verified', 'in place of --monitors: sync_interval is always on every server')
    .allowExcessArguments(false)
    .exitOverride()
    .showHelpAfterError('(--help lists the options)')
    .addHelpText('after', EXAMPLES)
    .action((options: AskedInit) => {
      asked = options;
    });
  program.parse([...argv], { from: 'user' });
  if (asked === undefined) throw new InvalidArgumentError('expected the command init');
  return asked;
}

function appName(text: string): string {
  if (isAppName(text)) return text;
  throw new InvalidArgumentError(`expected ${APP_EXPECTED}`);
}

function replicas(text: string): number {
  if (['1', '3', '5'].includes(text)) return Number(text);
  throw new InvalidArgumentError('expected 1, 3 or 5');
}

function blockSize(text: string): number {
  return text === '0' ? 0 : bytes(text);
}

function bytes(text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 16 * 1024 * 1024) return value;
  throw new InvalidArgumentError('expected a whole number of bytes, at least 16,777,216');
}
