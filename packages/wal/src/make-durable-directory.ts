// A directory that survives a loss of power: each new directory also has to be synced into its parent. Otherwise a log
// would be synced entry by entry and vanish as a whole.
import { dirname } from 'node:path';
import { isMillraceError, type Logger, type Storage } from '@millrace/core';
import { makePrivateDirectory } from '@millrace/core/engine';

/**
 * Makes the folder of a log and the directory of logs above it, both for their owner alone, and all missing parents,
 * and makes them durable. Every directory is synced each time, because an existing directory may come from an
 * interrupted attempt.
 *
 * @throws any error of the storage.
 */
export async function makeDurableDirectory(
  storage: Storage,
  { root, path, log }: { readonly root: string; readonly path: string; readonly log: Logger },
): Promise<void> {
  await makePrivateDirectory(storage, root, log);
  await makePrivateDirectory(storage, path, log);
  const parents: string[] = [];
  for (let at = path; dirname(at) !== at; at = dirname(at)) parents.push(dirname(at));
  // From the top: a directory is useless before its parent is safe.
  for (const parent of parents.toReversed()) await syncUnlessDenied(storage, parent);
}

/** This process has made nothing in a directory without read permission. */
async function syncUnlessDenied(storage: Storage, directory: string): Promise<void> {
  try {
    await storage.syncDirectory(directory);
  } catch (error) {
    if (!isMillraceError(error, 'MR_STORAGE_DENIED')) throw error;
  }
}
