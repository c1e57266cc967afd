// The `master` option of a program: `local` is this process, `local[N]` is N threads, `local[*]` one thread for each core,
// and an address (`nats://a,b,c`) the executors at that address. Executors outside this process come from a plugin, whose
// backend says what it serves; without such a plugin the request fails, and the message names the remedy.
import type { ExecutorBackend } from '@millrace/core';
import { InProcessExecutorBackend } from '../executor/in-process-executor-backend.ts';
import { contextError } from '../driver/context-errors.ts';
import type { ChosenExecutors } from '../driver/chosen-executors.ts';

/** The executors that a program requests. */
export type Master = 'local' | 'local[*]' | `local[${number}]` | `${string}://${string}`;

/** A scheme and a rest without spaces, and without the mark behind a user and a password. */
const ADDRESS = /^([a-z][a-z0-9+.-]*):\/\/[^\s@]+$/;

/** Where executors of an address come from, by its scheme. */
const ADVICE: ReadonlyMap<string, string> = new Map([
  ['nats', 'npm install @millrace/nats, and add natsHosts() with these servers to the plugins'],
]);

/** Number of executors of a master; undefined for an unknown master and for an address. `local` is this process. */
export function executorsAskedFor(master: string): number | 'one-per-core' | 'in-process' | undefined {
  if (master === 'local') return 'in-process';
  if (master === 'local[*]') return 'one-per-core';
  const count = Number(/^local\[(\d{1,4})\]$/.exec(master)?.[1]);
  return count >= 1 ? count : undefined;
}

/** True for every form of a master. An address has no user and no password: descriptions print the address. */
export function isMaster(value: unknown): boolean {
  return typeof value === 'string' && (ADDRESS.test(value) || executorsAskedFor(value) !== undefined);
}

/**
 * The backend for a master: the bound one, or for `local` one in this process. Without a master the bound backend
 * with its own settings.
 *
 * @throws `MR_CONTEXT_EXECUTORS_NOT_INSTALLED` when no plugin provides executors outside the driver's thread;
 *   `MR_CONTEXT_MASTER_NOT_SERVED` when the bound backend serves another master.
 */
export function chooseExecutors(master: string | undefined, bound: ExecutorBackend): ChosenExecutors {
  if (master === undefined) return { backend: bound };
  const isInProcess = bound instanceof InProcessExecutorBackend;
  const requested = executorsAskedFor(master);
  if (requested === 'in-process') return { backend: isInProcess ? bound : new InProcessExecutorBackend() };
  if (requested === undefined) {
    if (bound.serves?.has(master) === true) return { backend: bound, at: master };
    throw notServed(master, bound);
  }
  if (isInProcess) throw notInstalled(master);
  if (bound.serves?.has(master) === false) throw notServed(master, bound);
  return { backend: bound, executors: requested };
}

function notInstalled(master: string): Error {
  return contextError(
    'MR_CONTEXT_EXECUTORS_NOT_INSTALLED',
    `master ${master} needs executors on threads, but no plugin provides them: npm install @millrace/threads, and add threads() to the plugins`,
    { details: { master } },
  );
}

function notServed(master: string, { name, serves }: ExecutorBackend): Error {
  const served = serves?.words ?? (name === 'in-process' ? 'local' : 'local[N] and local[*]');
  const scheme = ADDRESS.exec(master)?.[1] ?? '';
  const advice = ADVICE.get(scheme) ?? 'add a plugin whose executors are there';
  const remedy =
    scheme === '' ? 'npm install @millrace/threads, and add threads() to the plugins instead' : advice;
  return contextError(
    'MR_CONTEXT_MASTER_NOT_SERVED',
    `master ${master} is not served: the executors of this engine are ${name}, which serve ${served}; ask for one of these, or ${remedy}`,
    { details: { master, backend: name, served } },
  );
}
