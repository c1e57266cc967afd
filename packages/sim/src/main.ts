#!/usr/bin/env -S node --conditions=millrace:source
// `millrace-sim`: the command in its process. --help lists the exit codes.
import { SystemClock } from '@millrace/core';
import { endWhenUnread, takesControls } from '@millrace/core/engine';
import { CommanderError } from 'commander';
import { type Asked, readCommandLine } from './command-line.ts';
import { FAULT_HOOKS } from './fault-hooks.ts';
import { patchesOf } from './mutants/index.ts';
import { runMany } from './run-many.ts';
import { patchSources } from './source-patches.ts';

const USAGE = 2;
const INTERRUPTED = 130;

const write = (line: string): void => void process.stdout.write(`${line}\n`);

endWhenUnread();

function askedBy(argv: readonly string[]): Asked | number {
  try {
    return readCommandLine(argv);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : USAGE;
    throw error;
  }
}

async function run(asked: Asked): Promise<number> {
  if (asked.seed !== undefined || asked.plan !== undefined) {
    const hooks = asked.world === 'machine' ? FAULT_HOOKS : [];
    patchSources([...hooks, ...patchesOf(asked.mutant)]);
    // Imported late, so that the patches are in place before the engine is loaded.
    const { runOne } = await import('./run-one.ts');
    return runOne(asked, write);
  }
  const stopping = new AbortController();
  // A second Ctrl-C ends the process at once.
  process.once('SIGINT', () => stopping.abort());
  const isTerminal = process.stdout.isTTY && takesControls(process.stderr);
  const exitCode = await runMany(asked, {
    clock: new SystemClock(),
    write,
    isTerminal,
    signal: stopping.signal,
  });
  return stopping.signal.aborted ? INTERRUPTED : exitCode;
}

const asked = askedBy(process.argv.slice(2));
process.exitCode = typeof asked === 'number' ? asked : await run(asked);
