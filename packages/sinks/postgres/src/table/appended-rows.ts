// A table without a key: every record is one more row. Many rows go by COPY, few in one statement.
import { quoted } from '@millrace/connection-postgres';
import type { Session } from '../connection/session.ts';
import type { RecordRow } from '../rows/record-rows.ts';
import { sentRows, sentValues, typedColumns } from './row-input.ts';
import type { RowsTable } from './rows-table.ts';
import type { TableWriter } from './table-writer.ts';

/** Writes rows to a table without a key. */
export class AppendedRows implements TableWriter {
  readonly #table: RowsTable;
  readonly #insert: string;
  readonly #copy: string;

  constructor(table: RowsTable) {
    this.#table = table;
    const { sql, columns } = table;
    const names = columns.map(({ name }) => quoted(name)).join(', ');
    this.#insert = `INSERT INTO ${sql} (${names}) SELECT ${typedColumns(columns)} FROM ${sentRows(columns, false)} ORDER BY place`;
    this.#copy = `COPY ${sql} (${names}) FROM STDIN`;
  }

  get canCopy(): boolean {
    return this.#table.canCopy;
  }

  async begin(): Promise<void> {}

  async put(session: Session, rows: readonly RecordRow[]): Promise<void> {
    await session.query(this.#insert, sentValues(rows, this.#table.columns, false));
  }

  async copy(session: Session, texts: Iterable<string>): Promise<void> {
    await session.copy(this.#copy, texts);
  }
}
