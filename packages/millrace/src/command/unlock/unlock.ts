// `millrace unlock DIR`: shows the locks of a directory with their holders, and removes the locks of processes that are
// gone. A lock of a process on this machine stays; a lock of another machine is removed after a confirmation only.
import { relative } from 'node:path';
import { isMillraceError } from '@millrace/core';
import { type FoundLock, removeLock } from '@millrace/core/engine';
import { type CommandExitCode, type CommandSurroundings, EXIT_CODES } from '../command-surroundings.ts';
import { locksBelow } from './locks-below.ts';

/** The options of `unlock`. */
export interface UnlockOptions {
  readonly directory: string;
  /** True: locks of other machines are removed without a question. */
  readonly yes: boolean;
  /** One JSON object instead of lines; no question is asked. */
  readonly json: boolean;
}

/** One lock with its outcome. */
interface LockOutcome {
  readonly lock: FoundLock;
  readonly removed: boolean;
  /** The reason why the lock could not be removed. */
  readonly problem?: string;
}

/**
 * Removes locks. The exit code: 0 when no lock stays; 1 when a lock stays, because its process runs on this machine or the
 * removal was not confirmed; 130 after Ctrl-C at the question.
 *
 * @throws any error of the storage for the directory.
 */
export async function unlock(
  surroundings: CommandSurroundings,
  options: UnlockOptions,
): Promise<CommandExitCode> {
  const { directory, json } = options;
  const locks = await locksBelow(surroundings.storage, directory);
  if (!json) surroundings.write(describe(locks, surroundings.clock.now(), directory));
  const confirmed = await confirm(surroundings, options, locks.filter(isDoubtful));
  if (confirmed === 'interrupted') return EXIT_CODES.interrupted;
  const outcomes: LockOutcome[] = [];
  for (const lock of locks) {
    const isChosen = lock.liveness === 'dead' || (isDoubtful(lock) && confirmed === 'yes');
    outcomes.push(isChosen ? await remove(lock) : { lock, removed: false });
  }
  surroundings.write(
    json ? `${JSON.stringify(report(directory, outcomes), undefined, 2)}\n` : results(outcomes, directory),
  );
  return outcomes.every(({ removed }) => removed) ? EXIT_CODES.done : EXIT_CODES.negative;
}

function isDoubtful({ liveness }: FoundLock): boolean {
  return liveness === 'unknown';
}

async function confirm(
  surroundings: CommandSurroundings,
  { yes, json }: UnlockOptions,
  doubtful: readonly FoundLock[],
): Promise<'yes' | 'no' | 'interrupted'> {
  if (doubtful.length === 0 || yes) return 'yes';
  if (json || surroundings.confirm === undefined) {
    surroundings.warn('the locks of other machines stay; --yes removes such locks\n');
    return 'no';
  }
  const count = doubtful.length === 1 ? 'this process has' : `these ${doubtful.length} processes have`;
  return surroundings.confirm(`Is it certain that ${count} ended? Two writers destroy a log.`);
}

async function remove(lock: FoundLock): Promise<LockOutcome> {
  try {
    return (await removeLock(lock))
      ? { lock, removed: true }
      : {
          lock,
          removed: false,
          problem: 'the lock was released, or another process took the lock meanwhile',
        };
  } catch (error) {
    if (!isMillraceError(error)) throw error;
    return { lock, removed: false, problem: `${error.code}: ${error.message}` };
  }
}

const STATES: Readonly<Record<FoundLock['liveness'], string>> = {
  alive: 'runs on this machine; stop the process',
  dead: 'has ended on this machine',
  unknown: 'on another machine or in another container, invisible from here',
};

function describe(locks: readonly FoundLock[], nowMs: number, directory: string): string {
  if (locks.length === 0) return `no locks in ${directory}\n`;
  const lines = locks.map((lock) => {
    const since = `since ${new Date(lock.sinceMs).toISOString()} (${age(nowMs - lock.sinceMs)})`;
    return `${pathOf(lock, directory)}: ${holderOf(lock)}, ${since}: ${STATES[lock.liveness]}`;
  });
  return `${lines.join('\n')}\n`;
}

function holderOf({ pid, host }: FoundLock): string {
  return pid === undefined ? 'an unknown process (the file is damaged)' : `process ${pid} on ${host}`;
}

function pathOf({ path }: FoundLock, directory: string): string {
  return relative(directory, path);
}

function results(outcomes: readonly LockOutcome[], directory: string): string {
  const lines = outcomes.map(({ lock, removed, problem }) =>
    removed
      ? `removed ${pathOf(lock, directory)}`
      : `LOCKED ${pathOf(lock, directory)}${problem === undefined ? '' : `: ${problem}`}`,
  );
  return lines.map((line) => `${line}\n`).join('');
}

function report(directory: string, outcomes: readonly LockOutcome[]): object {
  return {
    directory,
    locks: outcomes.map(({ lock, removed, problem }) => ({
      path: lock.path,
      host: lock.host ?? null,
      pid: lock.pid ?? null,
      since: new Date(lock.sinceMs).toISOString(),
      state: lock.liveness,
      removed,
      ...(problem === undefined ? {} : { problem }),
    })),
  };
}

const UNITS: readonly (readonly [ms: number, name: string])[] = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'min'],
  [1_000, 's'],
];

/** `90_000` → `1 min`. A clock that went back gives `0 s`. */
function age(ms: number): string {
  const [unitMs, name] = UNITS.find(([least]) => ms >= least) ?? [1_000, 's'];
  return `${Math.max(0, Math.floor(ms / unitMs))} ${name}`;
}
