// Directories for the records of an application. A new directory is for its owner alone. An existing directory keeps
// its permissions, and a log line reports a directory that every user of the machine can use.
import type { Logger } from '../contracts/logger.ts';
import type { Storage, StorageCreation } from '../contracts/storage.ts';

/** Files that only their owner may read and write. */
export const PRIVATE_FILE: StorageCreation = Object.freeze({ permissions: 0o600 });

const PRIVATE_DIRECTORY: StorageCreation = Object.freeze({ permissions: 0o700 });

/** The permission bits of users outside the owner and the group. */
const OTHERS = 0o007;

/**
 * Creates a directory for its owner alone, unless the directory exists. Logs a directory that other users can access.
 * @throws `MR_STORAGE_…`
 */
export async function makePrivateDirectory(storage: Storage, path: string, log: Logger): Promise<void> {
  await storage.makeDirectory(path, PRIVATE_DIRECTORY);
  const permissions = (await storage.stat(path))?.permissions ?? 0;
  if ((permissions & OTHERS) === 0) return;
  log.info(
    'every user of this machine can access a directory of records; remove the permissions of other users',
    {
      directory: path,
      permissions: permissions.toString(8),
    },
  );
}
