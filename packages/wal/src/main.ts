#!/usr/bin/env node
// `millrace-wal`: the command on this machine's files. This file provides the collaborators of the sub-commands and
// maps their outcomes to exit codes: 0 clean, 1 damage, 2 usage or unreadable, 130 interrupted.
import { isMillraceError, NodeStorage, SystemClock } from '@millrace/core';
import { serializeError } from '@millrace/core/engine';
import { CommanderError } from 'commander';
import { EXIT_CODES } from './command/command-context.ts';
import { type Asked, readCommandLine } from './command/wal-command-line.ts';
import { readProgressBar, writerTo } from './command/terminal.ts';

/** The exit code that shells expect of a process ended by Ctrl-C. */
const INTERRUPTED = 130;

/** Reads the command line; a number is the exit code when there is nothing to run. */
function askedBy(argv: readonly string[]): Asked | number {
  try {
    return readCommandLine(argv);
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? EXIT_CODES.clean : EXIT_CODES.unreadable;
  }
}

/** Runs the requested command; returns the exit code. */
async function run(asked: Asked): Promise<number> {
  const stopping = new AbortController();
  const { signal } = stopping;
  let exitWhenStopped: number = EXIT_CODES.clean;
  const stop = (exitCode: number) => {
    exitWhenStopped = exitCode;
    stopping.abort();
  };
  const clock = new SystemClock();
  // A failure to write warnings cannot be reported.
  const warn = writerTo(process.stderr, clock, () => {});
  const write = writerTo(process.stdout, clock, (error) => {
    // A reader that closes its end is not a failure. A full disk behind `>` is.
    if (error.code === 'EPIPE') return stop(EXIT_CODES.clean);
    void warn(`the output cannot be written: ${error.message}\n`);
    stop(EXIT_CODES.unreadable);
  });
  // A second Ctrl-C ends the process at once.
  process.once('SIGINT', () => stop(INTERRUPTED));
  try {
    const exitCode = await asked({
      storage: new NodeStorage(),
      clock,
      signal,
      write,
      warn,
      isTerminal: process.stdout.isTTY,
      progress: readProgressBar,
    });
    return signal.aborted ? exitWhenStopped : exitCode;
  } catch (error) {
    if (!signal.aborted) {
      await warn(`${messageOf(error)}\n`);
      return EXIT_CODES.unreadable;
    }
    if (exitWhenStopped === INTERRUPTED) await warn('interrupted: the rest was not checked\n');
    return exitWhenStopped;
  }
}

function messageOf(error: unknown): string {
  if (isMillraceError(error)) return `${error.code}: ${error.message}`;
  // A mistake in this program: the stack is the useful information.
  const { stack, message } = serializeError(error);
  return stack ?? message;
}

const asked = askedBy(process.argv.slice(2));
process.exitCode = typeof asked === 'number' ? asked : await run(asked);
