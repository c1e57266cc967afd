// The result of a program under faults: the rows of a SQLite table, in a directory of one run.
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** A directory with the table `records` of `rows.db`, once a program has made the table. */
export class ResultTable {
  readonly directory = mkdtempSync(join(tmpdir(), 'millrace-rows-'));

  /** Every id, with repetitions; empty without a table. */
  ids(): readonly number[] {
    const file = join(this.directory, 'rows.db');
    if (!existsSync(file)) return [];
    const database = new DatabaseSync(file, { timeout: 30_000 });
    try {
      const has = database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'records'").get();
      if (has === undefined) return [];
      return database
        .prepare('SELECT id FROM records')
        .all()
        .map(({ id }) => Number(id));
    } finally {
      database.close();
    }
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}
