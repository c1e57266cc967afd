// A database file of its own for every test, read and disturbed through a connection beside the sink's.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** A database in a temporary directory. */
export interface TemporaryDatabase {
  readonly directory: string;
  readonly file: string;
  /** Another connection to the database; the caller closes the connection. */
  connect(): DatabaseSync;
  /** The rows of a query, as plain objects. */
  rows(query: string): Record<string, unknown>[];
  run(sql: string): void;
  remove(): void;
}

/** Prepares a place for a database; the file itself is made at the first opening. */
export function temporaryDatabase(): TemporaryDatabase {
  const directory = mkdtempSync(join(tmpdir(), 'millrace-sink-sqlite-'));
  const file = join(directory, 'out.db');
  const use = <R>(work: (database: DatabaseSync) => R): R => {
    const database = new DatabaseSync(file);
    try {
      return work(database);
    } finally {
      database.close();
    }
  };
  return {
    directory,
    file,
    connect: () => new DatabaseSync(file),
    rows: (query) =>
      use((database) =>
        database
          .prepare(query)
          .all()
          .map((row) => ({ ...row })),
      ),
    run: (sql) => use((database) => database.exec(sql)),
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}
