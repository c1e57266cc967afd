#!/usr/bin/env node
// `millrace`: the command in its process. Supplies the sub-commands with their surroundings and maps outcomes to exit
// codes: 0 done, 1 negative result, 2 usage error or failure, 3 no dashboard, 130 interrupted.
import { confirm as ask, isCancel } from '@clack/prompts';
import { isMillraceError, messageOf, NodeStorage, SystemClock } from '@millrace/core';
import { endWhenUnread, escapeLines, isError } from '@millrace/core/engine';
import { CommanderError } from 'commander';
import { readCommandLine } from './command/command-line.ts';
import { type Confirmation, type AskedCommand, EXIT_CODES } from './command/command-surroundings.ts';
import { processTerminal } from './command/terminal/process-terminal.ts';

const argv = process.argv.slice(2);

/** Of `status`, 2 is a failed engine, and a failed command is another matter. */
const FAILED = argv[0] === 'status' ? EXIT_CODES.unreachable : EXIT_CODES.failed;

/** Reads the command line; a number is the exit code when there is no command to run. */
function askedBy(): AskedCommand | number {
  try {
    return readCommandLine(argv);
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? EXIT_CODES.done : FAILED;
  }
}

async function confirm(question: string): Promise<Confirmation> {
  const answer = await ask({ message: question, initialValue: false });
  if (isCancel(answer)) return 'interrupted';
  return answer ? 'yes' : 'no';
}

async function run(asked: AskedCommand): Promise<number> {
  endWhenUnread();
  const stopping = new AbortController();
  // A second Ctrl-C ends the process at once.
  process.once('SIGINT', () => stopping.abort());
  const warn = (text: string) => void process.stderr.write(escapeLines(text));
  try {
    return await asked({
      storage: new NodeStorage(),
      clock: new SystemClock(),
      signal: stopping.signal,
      fetch,
      terminal: processTerminal(process, process.env),
      output: process.stdout,
      environment: process.env,
      // Names of files come from outside: no escape sequence reaches the terminal.
      write: (text) => void process.stdout.write(escapeLines(text)),
      warn,
      confirm: process.stdin.isTTY && process.stdout.isTTY ? confirm : undefined,
    });
  } catch (error) {
    if (stopping.signal.aborted) return EXIT_CODES.interrupted;
    warn(`${textOf(error)}\n`);
    return FAILED;
  }
}

function textOf(error: unknown): string {
  if (isMillraceError(error)) return `${error.code}: ${error.message}`;
  // A mistake in this program: the stack is the useful information.
  return isError(error) ? (error.stack ?? error.message) : messageOf(error);
}

const asked = askedBy();
process.exitCode = typeof asked === 'number' ? asked : await run(asked);
