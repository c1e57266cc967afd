#!/usr/bin/env node
// `millrace-bench`: the command in its process. Supplies the command with its surroundings and maps the result to an
// exit code: 0 done, 1 records were lost, 2 usage error or failure, 130 interrupted.
import { isMillraceError } from '@millrace/core';
import { isError, serializeError } from '@millrace/core/engine';
import { CommanderError } from 'commander';
import { type AskedComparison, type AskedRun, readCommandLine } from './command/command-line.ts';
import { progressBar } from './command/progress-bar.ts';
import { EXIT_CODES, runCommand } from './command/run-command.ts';
import { BenchMistake } from './command/bench-mistake.ts';

/** Reads the command line; a number is the exit code when there is no command to run. */
function askedBy(argv: readonly string[]): AskedRun | AskedComparison | number {
  try {
    return readCommandLine(argv);
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? EXIT_CODES.done : EXIT_CODES.failed;
  }
}

async function run(asked: AskedRun | AskedComparison): Promise<number> {
  const stopping = new AbortController();
  // A second interrupt ends the process at once, by the default action.
  process.once('SIGINT', () => stopping.abort());
  process.once('SIGTERM', () => stopping.abort());
  // A reader that closes the pipe early (`| head`) is not a failure.
  process.stdout.on('error', () => stopping.abort());
  const bar = progressBar();
  try {
    return await runCommand(asked, {
      signal: stopping.signal,
      width: process.stdout.isTTY ? process.stdout.columns : undefined,
      write: (line) => {
        bar.end();
        process.stdout.write(`${line}\n`);
      },
      tell: (line) => {
        bar.end();
        process.stderr.write(`${line}\n`);
      },
      onProgress: (progress) => (progress.phase === 'stopping' ? bar.end() : bar.update(progress)),
    });
  } catch (error) {
    bar.end();
    process.stderr.write(`${messageOf(error)}\n`);
    return EXIT_CODES.failed;
  }
}

function messageOf(error: unknown): string {
  if (error instanceof BenchMistake) return error.message;
  if (isMillraceError(error)) return `${error.code}: ${error.message}`;
  if (!isError(error)) return serializeError(error).message;
  // Missing files and invalid config modules are user errors, so their stack is of no use.
  return error instanceof TypeError || 'code' in error ? error.message : (error.stack ?? error.message);
}

const asked = askedBy(process.argv.slice(2));
process.exitCode = typeof asked === 'number' ? asked : await run(asked);
