// The command line of `millrace-wal`: names, options, help. The requested command is executed by the function in its
// own file. A wrong command line throws commander's error, which main.ts maps to exit code 2.
import { Command, InvalidArgumentError, Option } from 'commander';
import manifest from '@millrace/wal/package.json' with { type: 'json' };
import type { CommandContext, ExitCode } from './command-context.ts';
import { dump, DUMP_FORMATS, type DumpOptions } from './dump.ts';
import { inspect, type InspectOptions } from './inspect.ts';
import { verify, type VerifyOptions } from './verify.ts';

/** A sub-command with its options, ready to run. */
export type Asked = (context: CommandContext) => Promise<ExitCode>;

const CONTENT_BYTES_MAX = 64 * 1024;

const EXAMPLES = `
Examples:
  millrace-wal inspect ./data/wal
  millrace-wal verify ./data/wal && echo clean
  millrace-wal dump ./data/wal --log blocks --limit 5
  millrace-wal dump ./data/wal --from 2026-01-31T12:00:00Z --format length | head

DIR is the directory of fileWriteAheadLog, one up to four levels above it, or the folder of one log.
Nothing is changed, and no lock is taken: a log can be read while its process writes.
Exit codes: 0 clean, 1 damage (verify, dump), 2 wrong usage or unreadable logs, 130 interrupted.`;

/**
 * Reads a command line, without the names of program and script.
 *
 * @throws commander's `CommanderError`, after commander has printed help or the mistake; `exitCode` is 0 for help.
 */
export function readCommandLine(argv: readonly string[]): Asked {
  let asked: Asked | undefined;
  const program = new Command('millrace-wal')
    .description('Inspects the write-ahead logs of Millrace, without changing anything.')
    .version(manifest.version)
    .exitOverride()
    .showHelpAfterError('(--help lists the commands)')
    .addHelpText('after', EXAMPLES);
  program.addCommand(
    subCommand('inspect', 'list every log with its segments: size, age, records, times, damage')
      .option('--json', 'print one JSON object instead of tables', false)
      .action((directory: string, options: Omit<InspectOptions, 'directory'>) => {
        asked = (context) => inspect(context, { ...options, directory });
      }),
  );
  program.addCommand(
    subCommand('verify', 'read everything; the exit code reports damage')
      .option('--json', 'print one JSON object instead of lines', false)
      .action((directory: string, options: Omit<VerifyOptions, 'directory'>) => {
        asked = (context) => verify(context, { ...options, directory });
      }),
  );
  program.addCommand(
    withDumpOptions(subCommand('dump', 'print the entries, one JSON line each')).action(
      (directory: string, options: ParsedDump) => {
        asked = (context) => dump(context, dumpOptions(directory, options));
      },
    ),
  );
  program.parse([...argv], { from: 'user' });
  // Commander prints help and throws when there is no sub-command.
  if (asked === undefined) throw new TypeError('the command line was read and requests no command');
  return asked;
}

interface ParsedDump {
  readonly log?: string;
  readonly from?: number;
  readonly to?: number;
  readonly limit?: number;
  readonly format: DumpOptions['format'];
  readonly maxContent: number;
}

function dumpOptions(directory: string, options: ParsedDump): DumpOptions {
  const { log, from, to, limit, format, maxContent } = options;
  return { directory, log, fromMs: from, toMs: to, limit, format, contentBytesMax: maxContent };
}

function subCommand(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .argument('<dir>', 'the directory of logs, or a directory above')
    .allowExcessArguments(false)
    .exitOverride()
    .showHelpAfterError(`(millrace-wal ${name} --help lists the options)`);
}

function withDumpOptions(command: Command): Command {
  return command
    .option('--log <name>', 'only this log')
    .addOption(
      new Option('--from <time>', 'only entries of this time or later: ms, or ISO').argParser(timeOf),
    )
    .addOption(new Option('--to <time>', 'only entries before this time: ms, or ISO').argParser(timeOf))
    .addOption(new Option('--limit <count>', 'the largest number of entries').argParser(wholeFrom(1)))
    .addOption(
      new Option('--format <name>', 'the form of printed payloads').choices(DUMP_FORMATS).default('json'),
    )
    .addOption(
      new Option('--max-content <bytes>', 'with json, replace larger contents by their size')
        .argParser(wholeFrom(0))
        .default(CONTENT_BYTES_MAX),
    )
    .addHelpText(
      'after',
      `
Each line: segment, offset, timeMs, length, and the payload: blocks opened and decoded, the driver's decisions as
lists, text as text, anything else in base64. The formats hex and base64 show the whole payload; the format
length omits the payload. The time of an entry is the time of its write call; in a log of blocks, the driver's clean-up
threshold.

Examples:
  millrace-wal dump ./data/wal --log blocks --limit 5
  millrace-wal dump ./data/wal --from 2026-01-31T12:00:00Z --format length | head`,
    );
}

function timeOf(text: string): number {
  const value = /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : Date.parse(text);
  if (Number.isFinite(value)) return value;
  throw new InvalidArgumentError('expected milliseconds, or a time as 2026-01-31T12:00:00Z.');
}

function wholeFrom(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() !== '' && Number.isSafeInteger(value) && value >= least) return value;
    throw new InvalidArgumentError(`expected a whole number from ${least}.`);
  };
}
