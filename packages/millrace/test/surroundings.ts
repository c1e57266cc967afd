// Surroundings of a sub-command in a test: a disk in memory, and outputs that are kept.
import { PassThrough } from 'node:stream';
import { ManualClock } from '@millrace/core';
import { MemoryStorage } from '@millrace/testing';
import type {
  AskedCommand,
  CommandExitCode,
  CommandSurroundings,
} from '../src/command/command-surroundings.ts';

/** The exit code and the outputs of a sub-command. */
export interface CommandOutcome {
  readonly exitCode: CommandExitCode;
  readonly output: string;
  readonly warnings: string;
}

/** Runs a sub-command. */
export async function runAsked(
  asked: AskedCommand,
  differences: Partial<CommandSurroundings> = {},
): Promise<CommandOutcome> {
  let output = '';
  let warnings = '';
  const stream = new PassThrough();
  stream.on('data', (chunk: Buffer) => void (output += chunk.toString()));
  const exitCode = await asked({
    storage: new MemoryStorage(),
    clock: new ManualClock(),
    signal: new AbortController().signal,
    write: (text) => void (output += text),
    warn: (text) => void (warnings += text),
    output: stream,
    environment: {},
    fetch: async () => {
      throw new TypeError('fetch failed', {
        cause: Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }),
      });
    },
    terminal: undefined,
    confirm: undefined,
    ...differences,
  });
  return { exitCode, output, warnings };
}
