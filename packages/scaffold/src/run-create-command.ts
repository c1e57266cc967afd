// A create command in its process: ends with 1, and one line, after a mistake of the caller.
import type { Command } from 'commander';
import type { PromptStreams } from './ask-text.ts';
import { UsageError } from './usage-error.ts';

/** The environment of a create command. */
export interface CreateSurroundings {
  /** True when a user can be asked. */
  readonly isInteractive: boolean;
  readonly write: (text: string) => void;
  /** The terminal of the questions. Default: the terminal of the process. */
  readonly prompts?: PromptStreams;
}

/** Runs the command of `npm create …` with the arguments of the process. */
export async function runCreateCommand(
  createCommand: (surroundings: CreateSurroundings) => Command,
): Promise<void> {
  // A reader that closes its end (`| head`) is not a failure.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit();
    throw error;
  });
  const command = createCommand({
    isInteractive: process.stdin.isTTY && process.stdout.isTTY,
    write: (text) => process.stdout.write(text),
  });
  try {
    await command.parseAsync();
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}
