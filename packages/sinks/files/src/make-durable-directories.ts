// A directory that survives a loss of power. Making a directory also makes the missing directories above, and the name
// of each is durable only after a sync of its parent.
import { dirname } from 'node:path';
import type { Storage, StorageCreation } from '@millrace/core';

/** The directories to make. */
export interface DurableDirectories {
  /** The directories to make, each inside the previous one. */
  readonly directories: readonly [string, ...string[]];
  readonly fsync: boolean;
  /** Permissions of these directories; directories above the first get the default permissions of the process. */
  readonly creation: StorageCreation;
}

/**
 * Makes directories and the missing directories above; with `fsync`, every new name is durable when the promise
 * resolves.
 */
export async function makeDurableDirectories(
  storage: Storage,
  { directories, fsync, creation }: DurableDirectories,
): Promise<void> {
  const paths = pathsUpFrom(directories.at(-1) ?? directories[0]);
  const missing = new Set<string>();
  for (const path of paths) if ((await storage.stat(path)) === undefined) missing.add(path);
  for (const directory of directories) await storage.makeDirectory(directory, creation);
  if (!fsync) return;
  for (const path of paths) {
    try {
      await storage.syncDirectory(dirname(path));
    } catch (error) {
      // An existing directory is most likely durable, and its parent may not be readable for this process. The parent
      // is synced all the same: the process that made the directory may have died before its sync.
      if (missing.has(path)) throw error;
    }
  }
}

/** A path and the paths above, without the root or the current directory. */
function pathsUpFrom(path: string): readonly string[] {
  const above = dirname(path);
  return above === path ? [] : [path, ...pathsUpFrom(above)];
}
