// The lock files of a directory and of the directories below.
import { join } from 'node:path';
import type { Storage } from '@millrace/core';
import { findLock, type FoundLock, isLockName } from '@millrace/core/engine';

/** Deep enough for a directory with the data of several programs, and an end in a circle of links. */
const LEVELS_MAX = 6;

/**
 * Every lock in a directory, in the order of removal: a lock for the removal of a lock comes before that lock.
 *
 * @throws `MR_STORAGE_NOT_FOUND`, and other errors of the storage.
 */
export async function locksBelow(
  storage: Pick<Storage, 'list'>,
  directory: string,
): Promise<readonly FoundLock[]> {
  const found: FoundLock[] = [];
  let level = [directory];
  for (let depth = 0; depth <= LEVELS_MAX && level.length > 0; depth += 1) {
    const next: string[] = [];
    for (const folder of level) {
      for (const { name, kind } of await storage.list(folder)) {
        const path = join(folder, name);
        if (kind === 'directory') next.push(path);
        const lock = kind === 'file' && isLockName(name) ? await findLock(path) : undefined;
        if (lock !== undefined) found.push(lock);
      }
    }
    level = next;
  }
  return found.toSorted((a, b) => b.path.length - a.path.length || a.path.localeCompare(b.path));
}
