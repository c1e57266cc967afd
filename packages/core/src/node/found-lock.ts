// Lock files as an operator finds them: the holder, the time of the lock, and the removal of a lock whose holder is gone.
// An engine never removes a lock in doubt. The holder on another machine, or in a container that no longer exists, is
// invisible, so a person has to know that the process has ended.
import { stat, unlink } from 'node:fs/promises';
import { basename } from 'node:path';
import { locked, whileTakingOver } from './file-lock.ts';
import { isHolder, parseHolder, readLockText } from './lock-holder.ts';
import { type Liveness, livenessOf, ownIdentity } from './process-identity.ts';
import { systemCode, withStorageErrors } from './storage-failure.ts';

/** The names of lock files of a log, of checkpoints and of sinks, and of the locks of their removal. */
const LOCK_NAME = /^(?:lock|[^/]+\.lock)(?:\.takeover)*$/;
/** The name without another use, so that a lock is recognised although its content is cut off. */
const CERTAIN_NAME = /^lock(?:\.takeover)*$/;

/** A lock file on the disk. */
export interface FoundLock {
  readonly path: string;
  /** The name of the holder's machine or container; undefined when the content is damaged. */
  readonly host: string | undefined;
  /** The holder's process number there; undefined when the content is damaged. */
  readonly pid: number | undefined;
  /** The time of the lock, in wall milliseconds since the epoch. */
  readonly sinceMs: number;
  /** `unknown`: the holder is on another machine, or in a container that cannot be seen from here. */
  readonly liveness: Liveness;
  /** The content of the file, by which a later lock at the same path is told apart. */
  readonly content: string;
}

/** True when a file of this name may be a lock. */
export function isLockName(name: string): boolean {
  return LOCK_NAME.test(name);
}

/** The lock at a path; undefined when there is no file, or the file is no lock of Millrace. */
export function findLock(path: string): Promise<FoundLock | undefined> {
  return withStorageErrors({ name: 'look at lock', path }, async () => {
    const content = await readLockText(path);
    const sinceMs = await changedMs(path);
    if (content === undefined || sinceMs === undefined) return undefined;
    const holder = parseHolder(path, content);
    if (!isHolder(holder)) {
      const isCutOff = CERTAIN_NAME.test(basename(path)) && /^(?:\{|$)/.test(content);
      return isCutOff
        ? { path, host: undefined, pid: undefined, sinceMs, liveness: 'unknown', content }
        : undefined;
    }
    const { host, pid } = holder;
    return { path, host, pid, sinceMs, liveness: await livenessOf(holder, await ownIdentity(null)), content };
  });
}

/**
 * Removes a lock. Returns false when the lock was released or taken by another process since it was found; the lock of
 * the other process stays.
 *
 * @throws `MR_STORAGE_LOCKED` when the holder is alive on this machine, or another process removes the lock.
 */
export function removeLock(found: FoundLock): Promise<boolean> {
  const { path } = found;
  return withStorageErrors({ name: 'remove lock', path }, () =>
    whileTakingOver(path, async () => {
      const now = await findLock(path);
      if (now?.content !== found.content) return false;
      const holder = parseHolder(path, now.content);
      if (now.liveness === 'alive') throw locked(path, holder);
      await unlink(path);
      if (typeof holder.beacon === 'string') await unlink(holder.beacon).catch(() => undefined);
      return true;
    }),
  );
}

async function changedMs(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).mtimeMs;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}
