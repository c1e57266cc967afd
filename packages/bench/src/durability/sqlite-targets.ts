// SQLite with a write-ahead journal synced at every commit, by `node:sqlite`.
import { join } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { WaitingGroup } from './waiting-group.ts';
import { type DurableTarget, KEPT_BYTES } from './write-load.ts';

/** One transaction for each entry. */
export async function sqliteEachTarget(directory: string, entryBytes: number): Promise<DurableTarget> {
  const table = openTable(directory, entryBytes);
  return {
    // SQLite has one writer, independent of the number of waiting callers.
    write: async (entry) => table.write(entry),
    close: async () => table.database.close(),
  };
}

/** One transaction for all waiting entries. */
export async function sqliteTogetherTarget(directory: string, entryBytes: number): Promise<DurableTarget> {
  const { database, write } = openTable(directory, entryBytes);
  const group = new WaitingGroup((entries) => {
    database.exec('BEGIN');
    for (const entry of entries) write(entry);
    database.exec('COMMIT');
  });
  return { write: (entry) => group.write(entry), close: async () => database.close() };
}

function openTable(directory: string, entryBytes: number) {
  const database = new DatabaseSync(join(directory, 'bench.db'));
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
  database.exec('CREATE TABLE log (id INTEGER PRIMARY KEY, entry BLOB)');
  const insert: StatementSync = database.prepare('INSERT OR REPLACE INTO log VALUES (?, ?)');
  const kept = KEPT_BYTES / entryBytes;
  let count = 0;
  const write = (entry: Uint8Array): void => {
    insert.run(count % kept, entry);
    count += 1;
  };
  return { database, write };
}
