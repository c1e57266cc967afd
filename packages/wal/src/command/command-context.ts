// The collaborators of a sub-command of `millrace-wal`. Streams and signals of the process are provided by main.ts, so
// that a test can run a command on a disk in memory and read the output.
import { type Clock, isMillraceError, type Storage } from '@millrace/core';

/** A progress bar for long work. */
export interface ReadProgress {
  /** Sets the number of bytes read so far. */
  update(bytes: number): void;
  /** Removes the bar and releases the terminal. */
  end(): void;
}

/** The collaborators of a command. */
export interface CommandContext {
  /** Used for reading only: a command takes no lock and changes nothing. */
  readonly storage: Storage;
  /** Measures the throughput. */
  readonly clock: Clock;
  /** Aborted when the user interrupts the command, or when the reader of the output is gone. */
  readonly signal: AbortSignal;
  /** Writes to the output; resolves when there is room for more output. */
  readonly write: (text: string) => Promise<void>;
  /** Writes messages that are not part of the result. */
  readonly warn: (text: string) => Promise<void>;
  /** True when the output is a terminal: tables get borders. */
  readonly isTerminal: boolean;
  /** Begins a bar for this number of bytes; the bar may be invisible. */
  readonly progress: (totalBytes: number) => ReadProgress;
}

/** The exit codes of a command. main.ts adds 130, for Ctrl-C. */
export const EXIT_CODES = { clean: 0, damage: 1, unreadable: 2 } as const;

/** An exit code of a command. */
export type ExitCode = (typeof EXIT_CODES)[keyof typeof EXIT_CODES];

/** The reason why a log or a folder could not be read. */
export interface LogProblem {
  readonly code: string;
  readonly message: string;
}

/**
 * The problem described by an error. @throws the error itself unless the error is a `MillraceError`: any other error is
 * a bug, not data.
 */
export function problemOf(error: unknown): LogProblem {
  if (!isMillraceError(error)) throw error;
  return { code: error.code, message: error.message };
}
