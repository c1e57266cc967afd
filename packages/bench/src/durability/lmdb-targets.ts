// LMDB, by lmdb-js, with commits that are durable before their acknowledgement.
import { join } from 'node:path';
import { open, type RootDatabase } from 'lmdb';
import { type DurableTarget, KEPT_BYTES } from './write-load.ts';

/** One transaction for each entry. */
export async function lmdbEachTarget(directory: string, entryBytes: number): Promise<DurableTarget> {
  const { database, nextKey } = openDatabase(directory, entryBytes);
  return {
    // LMDB has one writer, independent of the number of waiting callers.
    write: async (entry) => database.putSync(nextKey(), entry),
    close: () => database.close(),
  };
}

/** The library's own batches: puts during a commit share the next transaction. */
export async function lmdbTogetherTarget(directory: string, entryBytes: number): Promise<DurableTarget> {
  const { database, nextKey } = openDatabase(directory, entryBytes);
  return { write: (entry) => database.put(nextKey(), entry), close: () => database.close() };
}

function openDatabase(directory: string, entryBytes: number) {
  const database: RootDatabase<Uint8Array, number> = open({
    path: join(directory, 'bench'),
    encoding: 'binary',
    // With overlapping sync, a commit would be acknowledged before it is durable.
    overlappingSync: false,
  });
  const kept = KEPT_BYTES / entryBytes;
  let count = 0;
  const nextKey = (): number => count++ % kept;
  return { database, nextKey };
}
