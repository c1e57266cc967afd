// A database file of its own for every test, read and disturbed beside the sink, through the instance that the sink uses.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';

/** A database in a temporary directory. */
export class TemporaryDatabase {
  readonly directory = mkdtempSync(join(tmpdir(), 'millrace-sink-duckdb-'));
  readonly file = join(this.directory, 'out.duckdb');

  /** Runs statements; the rows of the last one, as plain values. */
  async run(...statements: readonly string[]): Promise<readonly Record<string, unknown>[]> {
    const instance = await DuckDBInstance.fromCache(this.file);
    const connection = await instance.connect();
    try {
      let rows: readonly Record<string, unknown>[] = [];
      for (const statement of statements)
        rows = (await connection.runAndReadAll(statement)).getRowObjectsJS();
      return rows;
    } finally {
      connection.closeSync();
      instance.closeSync();
    }
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}
