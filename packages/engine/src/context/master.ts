// Where a program asks for executors: `local` is this process, `local[N]` is N threads, `local[*]` one for each core.
// Threads come from a plugin; without it the wish cannot be met, and the message says how to meet it.
import type { ExecutorBackend } from '@millrace/core';
import { InProcessExecutorBackend } from '../executor/in-process-executor-backend.ts';
import { contextError } from '../driver/context-errors.ts';

/** The executors that a program asks for. */
export type Master = 'local' | 'local[*]' | `local[${number}]`;

/** The backend of a context, and how many executors it is asked for. */
export interface ChosenExecutors {
  readonly backend: ExecutorBackend;
  readonly executors?: number | 'one-per-core';
}

/** How many executors a master asks for; undefined: it is none. `local` asks for this process. */
export function executorsAskedFor(master: string): number | 'one-per-core' | 'in-process' | undefined {
  if (master === 'local') return 'in-process';
  if (master === 'local[*]') return 'one-per-core';
  const count = Number(/^local\[(\d{1,4})\]$/.exec(master)?.[1]);
  return count >= 1 ? count : undefined;
}

/**
 * The backend for a master: the bound one, or for `local` one in this process. Without a master the bound one, as it is
 * set.
 *
 * @throws `MR_CONTEXT_EXECUTORS_NOT_INSTALLED` when no plugin brings executors outside the driver's thread.
 */
export function chooseExecutors(master: string | undefined, bound: ExecutorBackend): ChosenExecutors {
  const asked = master === undefined ? undefined : executorsAskedFor(master);
  if (asked === undefined) return { backend: bound };
  const isInProcess = bound instanceof InProcessExecutorBackend;
  if (asked === 'in-process') return { backend: isInProcess ? bound : new InProcessExecutorBackend() };
  if (!isInProcess) return { backend: bound, executors: asked };
  throw contextError(
    'MR_CONTEXT_EXECUTORS_NOT_INSTALLED',
    `master ${master} needs executors on threads, but no plugin provides them: npm install @millrace/threads, and add threads() to the plugins`,
    { details: { master } },
  );
}
