// The command line of `millrace dead-letters`.
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { AskedCommand } from '../command-surroundings.ts';
import { subCommand } from '../sub-command.ts';
import { listDeadLetters, type ListLettersOptions } from './list-dead-letters.ts';
import { replayLetters, type ReplayLettersOptions } from './replay-letters.ts';

const REPLAY_HELP = `
Each delivery has up to --batch records, and is marked before the next one: a second replay continues behind the marks. A
replay that dies between a delivery and its mark repeats this one delivery. With --stdout a record is marked once the reader of
the output can read the record.

Examples:
  millrace dead-letters replay ./data/dead-letters --url http://localhost:8080/readings --token-variable BEARER_TOKEN
  millrace dead-letters replay ./data/dead-letters --stdout --stream readings > readings.ndjson

Exit codes: 0 done, 1 letters without a record that JSON can hold stay, 2 wrong usage or a failure, 130 interrupted.`;

interface Selected {
  readonly stream?: string;
  readonly from?: number;
  readonly to?: number;
  readonly prefix: string;
  readonly suffix: string;
}

/** The command; calls `ask` with the requested sub-command. */
export function deadLettersCommand(ask: (asked: AskedCommand) => void): Command {
  const group = subCommand('dead-letters', 'list and replay the records that were left out of their batch');
  group.addCommand(
    withSelection(
      subCommand('dead-letters list', 'print the dead letters of a directory, oldest batch first'),
    )
      .option('--limit <count>', 'the largest number of letters', wholeFromOne)
      .option('--json', 'print one JSON object a line', false)
      .action(
        (
          directory: string,
          { limit, json, ...selected }: Selected & Omit<ListLettersOptions, 'directory'>,
        ) => {
          ask((surroundings) => listDeadLetters(surroundings, { directory, limit, json, selected }));
        },
      ),
  );
  group.addCommand(
    withSelection(subCommand('dead-letters replay', 'deliver the records again, and mark delivered records'))
      .addOption(
        new Option('--url <url>', 'post the records as NDJSON').argParser(httpUrl).conflicts('stdout'),
      )
      .option('--stdout', 'print the records as NDJSON', false)
      .option('--header <name: value>', 'a further header of the requests; may be repeated', header, [])
      .option('--token-variable <name>', 'the environment variable with the bearer token of the requests')
      .option('--batch <count>', 'the largest number of records of one delivery', wholeFromOne, 100)
      .option('--again', 'deliver also records that were replayed before', false)
      .option('--json', 'print the report as one JSON object', false)
      .addHelpText('after', REPLAY_HELP)
      .action((directory: string, options: Selected & ParsedReplay, command: Command) => {
        const { url, stdout, header: headers, tokenVariable, batch, again, json, ...selected } = options;
        if (url === undefined && !stdout) command.error('error: expected --url or --stdout');
        const asked: ReplayLettersOptions = {
          directory,
          url,
          headers,
          tokenVariable,
          batch,
          again,
          json,
          selected,
        };
        ask((surroundings) => replayLetters(surroundings, asked));
      }),
  );
  return group;
}

interface ParsedReplay extends Omit<ReplayLettersOptions, 'directory' | 'selected' | 'headers'> {
  readonly stdout: boolean;
  readonly header: ReplayLettersOptions['headers'];
}

function withSelection(command: Command): Command {
  return command
    .argument('<dir>', 'the directory of the files sink of the dead letters')
    .option('--stream <name>', 'only letters of this stream')
    .option('--from <time>', 'only letters of this batch and later ones: ms, or ISO', timeOf)
    .option('--to <time>', 'only letters of this batch and earlier ones: ms, or ISO', timeOf)
    .option('--prefix <text>', 'the prefix of the files, as given to the sink', '')
    .option('--suffix <text>', 'the suffix of the files, as given to the sink', '.ndjson');
}

function timeOf(text: string): number {
  const value = /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : Date.parse(text);
  if (Number.isFinite(value)) return value;
  throw new InvalidArgumentError('expected milliseconds, or a time as 2026-01-31T12:00:00Z.');
}

function wholeFromOne(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('expected a whole number from 1.');
}

function httpUrl(text: string): string {
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return text;
  throw new InvalidArgumentError('expected an address as http://localhost:8080/readings.');
}

function header(text: string, earlier: ReplayLettersOptions['headers']): ReplayLettersOptions['headers'] {
  const [, name, value] = /^([\w-]+):\s*(.*)$/.exec(text) ?? [];
  if (name === undefined || value === undefined) throw new InvalidArgumentError('expected name: value.');
  return [...earlier, [name, value]];
}
