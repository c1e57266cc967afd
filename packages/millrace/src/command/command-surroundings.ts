// The collaborators of a sub-command of `millrace`. main.ts supplies streams and signals of the process, so that a test
// can run a command, answer its questions and read its output.
import type { Writable } from 'node:stream';
import type { Clock, Storage } from '@millrace/core';
import type { Terminal } from './terminal/terminal.ts';

/** The collaborators of a sub-command. */
export interface CommandSurroundings {
  readonly storage: Storage;
  /** Tells ages, and waits. */
  readonly clock: Pick<Clock, 'now' | 'monotonicMs' | 'after' | 'sleepFor'>;
  /** Makes requests to dashboards. */
  readonly fetch: typeof fetch;
  /** The terminal for a live screen; undefined when input or output is none, or when the terminal knows no controls. */
  readonly terminal: Terminal | undefined;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
  /** Writes results for people and programs. */
  readonly write: (text: string) => void;
  /** The output of `write`, for results that are data of a program. */
  readonly output: Writable;
  /** The variables of the environment. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Writes messages that are no part of the result. */
  readonly warn: (text: string) => void;
  /** Asks a question with the answers yes and no; undefined when no person can be asked. */
  readonly confirm: ((question: string) => Promise<Confirmation>) | undefined;
}

/** The answer to a question; `interrupted` after Ctrl-C. */
export type Confirmation = 'yes' | 'no' | 'interrupted';

/** The exit codes of every sub-command. */
export const EXIT_CODES = {
  /** The command did its work. */
  done: 0,
  /** The result of the command is negative, for instance a lock that stays, or an engine that falls behind. */
  negative: 1,
  /** The command line is wrong, or files could not be read or written; of `status`: the engine has failed. */
  failed: 2,
  /** No dashboard answered; of `status` also: the command line is wrong, so that 2 says one thing. */
  unreachable: 3,
  /** Ctrl-C. */
  interrupted: 130,
} as const;

/** An exit code of a sub-command. */
export type CommandExitCode = (typeof EXIT_CODES)[keyof typeof EXIT_CODES];

/** A sub-command with its options, ready to run. */
export type AskedCommand = (surroundings: CommandSurroundings) => Promise<CommandExitCode>;
