// A directory that is there after a loss of power: making it is not enough, each new one has to be synced into the one
// above it. Otherwise a log would be synced entry by entry and vanish as a whole.
import { dirname } from 'node:path';
import { isMillraceError, type Logger, type Storage } from '@millrace/core';
import { makePrivateDirectory } from '@millrace/core/engine';

/**
 * Makes the folder of a log and the directory of logs above it, both for their owner alone, and those above them, and makes
 * them durable. All of them are synced each time: one that is there may
 * have been made by an attempt that got no further.
 *
 * @throws what the storage throws.
 */
export async function makeDurableDirectory(
  storage: Storage,
  { root, path, log }: { readonly root: string; readonly path: string; readonly log: Logger },
): Promise<void> {
  await makePrivateDirectory(storage, root, log);
  await makePrivateDirectory(storage, path, log);
  const parents: string[] = [];
  for (let at = path; dirname(at) !== at; at = dirname(at)) parents.push(dirname(at));
  // From the top: a directory is of no use before the one above it is safe.
  for (const parent of parents.toReversed()) await syncUnlessDenied(storage, parent);
}

/** Where this process may not even look, it has made nothing. */
async function syncUnlessDenied(storage: Storage, directory: string): Promise<void> {
  try {
    await storage.syncDirectory(directory);
  } catch (error) {
    if (!isMillraceError(error, 'MR_STORAGE_DENIED')) throw error;
  }
}
