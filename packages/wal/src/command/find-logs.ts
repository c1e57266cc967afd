// Where the logs are below a directory. People point the command at the directory of the plugin, at the one above it,
// or at a single log: all three work, and a log is called by its path from there.
import { basename, join, resolve } from 'node:path';
import { isMillraceError, type Storage, type StorageEntry } from '@millrace/core';
import { isLogDirectory } from '../log-directory.ts';
import { walError } from '../wal-errors.ts';
import { type Problem, problemOf } from './command-context.ts';

/** How far below the directory logs are looked for. Links are followed, so a circle must end somewhere. */
export const LEVELS_MAX = 4;

/** The folder of a log. */
export interface FoundLog {
  /** The path from where the search began, with slashes; of a log that was named itself, its folder's name. */
  readonly name: string;
  readonly directory: string;
}

/** What a search found. */
export interface FoundLogs {
  /** By name. */
  readonly logs: readonly FoundLog[];
  /** Folders that could not be looked into. */
  readonly problems: readonly Problem[];
}

/**
 * Looks for logs in a directory and up to four levels below it. What is inside a log's folder is not searched.
 *
 * @throws `MR_WAL_LOG_NOT_FOUND` when there is none and every folder could be read; what the storage throws when the
 * directory itself cannot be listed.
 */
export async function findLogs(storage: Storage, directory: string): Promise<FoundLogs> {
  const logs: FoundLog[] = [];
  const problems: Problem[] = [];
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
  problems: Problem[],
): Promise<readonly StorageEntry[]> {
  try {
    return await storage.list(path);
  } catch (error) {
    // A folder that went while it was looked for is none.
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
