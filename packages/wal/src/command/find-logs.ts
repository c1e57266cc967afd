// The search for logs below a directory. Users pass the directory of the plugin, a directory above it, or the folder of
// a single log. All three work, and a log's name is its path from the passed directory.
import { basename, join, resolve } from 'node:path';
import { isMillraceError, type Storage, type StorageEntry } from '@millrace/core';
import { isLogDirectory } from '../log-directory.ts';
import { walError } from '../wal-errors.ts';
import { type LogProblem, problemOf } from './command-context.ts';

/** The depth of the search. Links are followed, so a bound is needed to end a circle of links. */
export const LEVELS_MAX = 4;

/** The folder of a log. */
export interface FoundLog {
  /** The path from the passed directory, with slashes; for the folder of a single log, the name of the folder. */
  readonly name: string;
  readonly directory: string;
}

/** The result of a search. */
export interface FoundLogs {
  /** Sorted by name. */
  readonly logs: readonly FoundLog[];
  /** Folders that could not be read. */
  readonly problems: readonly LogProblem[];
}

/**
 * Searches for logs in a directory and up to four levels below. The content of a log's folder is not searched.
 *
 * @throws `MR_WAL_LOG_NOT_FOUND` when there is no log and every folder could be read; any error of the storage when the
 *   directory itself cannot be listed.
 */
export async function findLogs(storage: Storage, directory: string): Promise<FoundLogs> {
  const logs: FoundLog[] = [];
  const problems: LogProblem[] = [];
  const visit = async (path: string, name: string, entries: readonly StorageEntry[], levels: number) => {
    if (isLogDirectory(entries)) logs.push({ name: name || basename(resolve(path)), directory: path });
    if (isLogDirectory(entries) || levels === 0) return;
    for (const entry of entries.filter(({ kind }) => kind === 'directory')) {
      const below = join(path, entry.name);
      const inside = await listBelow(storage, below, problems);
      await visit(below, name === '' ? entry.name : `${name}/${entry.name}`, inside, levels - 1);
    }
  };
  await visit(directory, '', await storage.list(directory), LEVELS_MAX);
  if (logs.length === 0 && problems.length === 0) throw noLog(directory);
  return { logs: logs.toSorted((a, b) => (a.name < b.name ? -1 : 1)), problems };
}

async function listBelow(
  storage: Storage,
  path: string,
  problems: LogProblem[],
): Promise<readonly StorageEntry[]> {
  try {
    return await storage.list(path);
  } catch (error) {
    // A folder that was removed during the search counts as absent.
    if (!isMillraceError(error, 'MR_STORAGE_NOT_FOUND')) problems.push(problemOf(error));
    return [];
  }
}

function noLog(directory: string): Error {
  return walError(
    'MR_WAL_LOG_NOT_FOUND',
    `expected a log in ${directory} or up to ${LEVELS_MAX} levels below, found none: pass the directory of fileWriteAheadLog`,
    { details: { directory } },
  );
}
