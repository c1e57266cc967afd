// LMDB, by lmdb-js, with commits that are on the disk before they are acknowledged.
import { join } from 'node:path';
import { open, type RootDatabase } from 'lmdb';
import { type DurableTarget, KEPT_BYTES } from './write-load.ts';

/** One transaction for each entry. */
export async function lmdbEachTarget(directory: string, entryBytes: number): Promise<DurableTarget> {
  const { database, nextKey } = openDatabase(directory, entryBytes);
  return {
    // It has one writer, whatever the number of those who wait.
    write: async (entry) => database.putSync(nextKey(), entry),
    close: () => database.close(),
  };
}

/** The library's own batches: puts that come while it commits share the next transaction. */
export async function lmdbTogetherTarget(directory: string, entryBytes: number): Promise<DurableTarget> {
  const { database, nextKey } = openDatabase(directory, entryBytes);
  return { write: (entry) => database.put(nextKey(), entry), close: () => database.close() };
}

function openDatabase(directory: string, entryBytes: number) {
  const database: RootDatabase<Uint8Array, number> = open({
    path: join(directory, 'bench'),
    encoding: 'binary',
    // With it a commit is acknowledged before it is on the disk.
    overlappingSync: false,
  });
  const kept = KEPT_BYTES / entryBytes;
  let count = 0;
  const nextKey = (): number => count++ % kept;
  return { database, nextKey };
}
