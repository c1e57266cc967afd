// What a sub-command of `millrace-wal` works with. Everything that touches the process (its streams, its signals) is
// handed in by main.ts, so that a test runs a command on a disk in memory and reads what it wrote.
import { type Clock, isMillraceError, type Storage } from '@millrace/core';

/** A bar for long work. */
export interface Progress {
  /** How many bytes have been read. */
  update(bytes: number): void;
  /** Gives the terminal back. */
  end(): void;
}

/** The world of a command. */
export interface CommandContext {
  /** Used for reading only: no lock is taken and nothing is changed. */
  readonly storage: Storage;
  /** For throughput. */
  readonly clock: Clock;
  /** Aborted when the user wants no more, or nobody reads the output any more. */
  readonly signal: AbortSignal;
  /** Writes to the output; resolves when there is room for more. */
  readonly write: (text: string) => Promise<void>;
  /** Writes what is not part of the result. */
  readonly warn: (text: string) => Promise<void>;
  /** Whether the output is a terminal: tables get borders. */
  readonly isTerminal: boolean;
  /** Begins a bar for so many bytes; it may show none. */
  readonly progress: (totalBytes: number) => Progress;
}

/** What the process ends with. 130 is added by main.ts, for Ctrl-C. */
export const EXIT_CODES = { clean: 0, damage: 1, unreadable: 2 } as const;

/** An exit code of a command. */
export type ExitCode = (typeof EXIT_CODES)[keyof typeof EXIT_CODES];

/** Why something could not be read. */
export interface Problem {
  readonly code: string;
  readonly message: string;
}

/** The problem that an error is. @throws the error itself when it is none of Millrace: that is a bug, and not told as data. */
export function problemOf(error: unknown): Problem {
  if (!isMillraceError(error)) throw error;
  return { code: error.code, message: error.message };
}
