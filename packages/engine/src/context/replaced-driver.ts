// The exit code of a program whose driver was replaced by another one: the code tells a supervisor to start the program
// again, to stand by. Other failures keep the code of the program, which is 1 for an uncaught error.
import { isMillraceError } from '@millrace/core';

/** `EX_TEMPFAIL` of sysexits.h. */
export const REPLACED_EXIT_CODE = 75;

/** Whichever port hears of the other driver first: the lease, the log, the checkpoints, or the hosts of executors. */
const CODES: readonly string[] = [
  'MR_LEASE_LOST',
  'MR_WAL_FENCED',
  'MR_CHECKPOINT_FENCED',
  'MR_REMOTE_STALE_DRIVER',
];

/** True when this error says that another driver has taken over. */
export function isReplaced(error: unknown): boolean {
  return CODES.some((code) => isMillraceError(error, code));
}

/** The process to end. */
export interface EndingProcess {
  exitCode?: number | string | null | undefined;
  once(event: 'exit', listener: (code: number) => void): unknown;
}

/**
 * Replaces the exit code 1 by 75 when the process ends, which is the code of an uncaught error and of a program that
 * reports the failure. Any other code, 0 included, is a decision of the program and stays.
 */
export function exitAsReplaced(process: EndingProcess): void {
  process.once('exit', (code) => {
    if (code === 1) process.exitCode = REPLACED_EXIT_CODE;
  });
}
