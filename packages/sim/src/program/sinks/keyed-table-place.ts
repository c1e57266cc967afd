// A table with one row for each key that is the destination of a SQLite sink: a record replaces the row with its key, or
// removes the row.
import type { Sink } from '@millrace/core';
import { sqliteSink } from '@millrace/sink-sqlite';
import type { SimProgramSetup } from '../../sim-output.ts';
import type { SinkPlace } from './sink-place.ts';
import type { Partitions, SinkRow } from './sink-row.ts';
import { rowOfText, type TableRow } from './table-row.ts';
import { LEDGER, SqliteFile, type SqliteFileSetup } from './sqlite-file.ts';

const TABLE = 'newest';

/** See the header of this file. */
export class KeyedTablePlace implements SinkPlace {
  readonly #setup: SqliteFileSetup;
  readonly #file: SqliteFile;

  constructor(setup: SqliteFileSetup) {
    this.#setup = setup;
    this.#file = new SqliteFile(setup);
  }

  sinkFor(setup: SimProgramSetup): Sink<SinkRow> {
    const { journalMode = 'wal' } = this.#setup.settings;
    return sqliteSink<SinkRow>(
      {
        file: this.#file.path,
        table: TABLE,
        columns: ['key', 'number'],
        key: ['key'],
        remove: ({ text }) => rowOfText(text).isRemoved,
        journalMode,
        busyTimeoutMs: 0,
      },
      ({ text }) => {
        const { key, number } = rowOfText(text);
        return { key, number };
      },
      this.#file.sqliteOf(setup),
    );
  }

  /** Later batches replace the rows of earlier ones, so no partition is visible as such. */
  look(): Partitions {
    return new Map();
  }

  /** All rows, by key. */
  rows(): readonly TableRow[] {
    if (!this.#file.hasTable(TABLE)) return [];
    const rows = this.#file.use((database) =>
      database.prepare(`SELECT key, number FROM ${TABLE} ORDER BY key`).all(),
    );
    return (rows as unknown as readonly { readonly key: number; readonly number: number }[]).map(
      ({ key, number }) => [key, number],
    );
  }

  async remove(batchTime: number): Promise<void> {
    this.#file.use((database) =>
      database.prepare(`DELETE FROM ${LEDGER} WHERE batch_time = ?`).run(batchTime),
    );
  }

  async checkAtRest(complain: (what: string) => void): Promise<void> {
    this.#file.checkIntegrity(complain);
  }

  close(): void {
    this.#file.close();
  }
}
