// The `master` option of a program: `local` is this process, `local[N]` is N threads, `local[*]` one thread for
// each core. Threads come from a plugin; without that plugin the request fails, and the message names the remedy.
import type { ExecutorBackend } from '@millrace/core';
import { InProcessExecutorBackend } from '../executor/in-process-executor-backend.ts';
import { contextError } from '../driver/context-errors.ts';
import type { ChosenExecutors } from '../driver/chosen-executors.ts';

/** The executors that a program requests. */
export type Master = 'local' | 'local[*]' | `local[${number}]`;

/** Number of executors of a master; undefined for an unknown master. `local` is this process. */
export function executorsAskedFor(master: string): number | 'one-per-core' | 'in-process' | undefined {
  if (master === 'local') return 'in-process';
  if (master === 'local[*]') return 'one-per-core';
  const count = Number(/^local\[(\d{1,4})\]$/.exec(master)?.[1]);
  return count >= 1 ? count : undefined;
}

/**
 * The backend for a master: the bound one, or for `local` one in this process. Without a master the bound backend
 * with its own settings.
 *
 * @throws `MR_CONTEXT_EXECUTORS_NOT_INSTALLED` when no plugin provides executors outside the driver's thread.
 */
export function chooseExecutors(master: string | undefined, bound: ExecutorBackend): ChosenExecutors {
  const requested = master === undefined ? undefined : executorsAskedFor(master);
  if (requested === undefined) return { backend: bound };
  const isInProcess = bound instanceof InProcessExecutorBackend;
  if (requested === 'in-process') return { backend: isInProcess ? bound : new InProcessExecutorBackend() };
  if (!isInProcess) return { backend: bound, executors: requested };
  throw contextError(
    'MR_CONTEXT_EXECUTORS_NOT_INSTALLED',
    `master ${master} needs executors on threads, but no plugin provides them: npm install @millrace/threads, and add threads() to the plugins`,
    { details: { master } },
  );
}
