// A table without a key: every record is one more row.
import type { SinkWrite } from '@millrace/core';
import { quoted } from '../database/quoted.ts';
import type { DuckdbSession } from '../database/duckdb-session.ts';
import type { DuckdbTable } from './duckdb-table.ts';
import type { DuckdbStage } from './duckdb-stage.ts';
import type { DuckdbTableWriter } from './duckdb-table-writer.ts';

/** Writes rows to a table without a key. */
export class DuckdbAppendedRows implements DuckdbTableWriter {
  readonly #stage: DuckdbStage;
  readonly #insert: string;

  constructor({ sql, columns }: DuckdbTable, stage: DuckdbStage) {
    this.#stage = stage;
    const names = columns.map(({ name }) => quoted(name)).join(', ');
    const places = columns.map((_, index) => `c${index}`).join(', ');
    this.#insert = `INSERT INTO ${sql} (${names}) SELECT ${places} FROM`;
  }

  async put(session: DuckdbSession, _write: SinkWrite, count: number): Promise<void> {
    // Without ORDER BY, for which all rows would be sorted: the session keeps the order of the stage.
    await session.run(`${this.#insert} (${this.#stage.first(count)})`);
  }

  async empty(): Promise<void> {}
}
