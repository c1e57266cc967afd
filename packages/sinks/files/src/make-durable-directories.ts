// A directory that is still there after a loss of power. Making one makes those above it too, and the name of each is
// only safe when the directory it stands in has been synced.
import { dirname } from 'node:path';
import type { Storage, StorageCreation } from '@millrace/core';

/** What to make. */
export interface DurableDirectories {
  /** The directories to make, each inside of the one before. */
  readonly directories: readonly [string, ...string[]];
  readonly fsync: boolean;
  /** For these directories; those above the first are made as the process makes any. */
  readonly creation: StorageCreation;
}

/** Makes directories and those above them; with `fsync`, every name that was made is durable when this resolves. */
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
      // One that was there is most likely durable, and whoever made it may have kept us from reading its parent. It is
      // synced all the same: the process that made it may have died before it could.
      if (missing.has(path)) throw error;
    }
  }
}

/** A path and those above it, without the root or the current directory. */
function pathsUpFrom(path: string): readonly string[] {
  const above = dirname(path);
  return above === path ? [] : [path, ...pathsUpFrom(above)];
}
