// A user at the prompts of a create command, played by streams: keys go in, the display comes out, and no terminal is needed.
import { PassThrough } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import type { CreateSurroundings } from '@millrace/scaffold';
import type { Command } from 'commander';
import { expect, vi } from 'vitest';

/** Keys as a terminal sends them. */
export const ENTER = '\r';
export const DOWN = '\u001B[B';
export const CTRL_C = '\u0003';
export const CLEAR_LINE = '\u0015';

/** A running command with its user. */
export interface PlayedUser {
  /** Settles with the command. */
  readonly ended: Promise<unknown>;
  /** The output of the command, without the prompts. */
  readonly said: () => string;
  /** The display since the last answer. */
  readonly shown: () => string;
  /** Waits for a text on the display, and presses keys; earlier output does not count any more. */
  readonly answer: (question: string, ...keys: readonly string[]) => Promise<void>;
}

/** Runs a create command with arguments, in front of a user. */
export function playUser(
  createCommand: (surroundings: CreateSurroundings) => Command,
  args: readonly string[],
): PlayedUser {
  const [input, output] = [new PassThrough(), new PassThrough()];
  let shown = '';
  output.on('data', (chunk: Buffer) => void (shown += stripVTControlCharacters(chunk.toString())));
  let said = '';
  const write = (text: string) => void (said += text);
  const command = createCommand({ isInteractive: true, write, prompts: { input, output } });
  const ended = command.parseAsync(args, { from: 'user' });
  // A test that fails during the questions leaves the command running.
  ended.catch(() => undefined);
  return {
    ended,
    said: () => said,
    shown: () => shown,
    answer: async (question, ...keys) => {
      await vi.waitFor(() => expect(shown).toContain(question), { timeout: 60_000 });
      shown = '';
      for (const key of keys) input.write(key);
    },
  };
}
