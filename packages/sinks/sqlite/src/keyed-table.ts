// A table with one row for each key: a record replaces the row with its key, or removes that row.
import type { StatementSync } from 'node:sqlite';
import type { SinkWrite } from '@millrace/core';
import { insertInto } from './appending-table.ts';
import { KeyOrder } from './key-order.ts';
import { quoteIdentifier } from './quote-identifier.ts';
import type { BoundValue, RowColumn } from './row-values.ts';
import type { SqliteConnection } from './sqlite-connection.ts';
import type { TargetTable } from './target-table.ts';
import { uniqueKey } from './unique-index.ts';

/** The parameters of a keyed table. */
export interface KeyedTableOptions {
  /** The name of the table in the database. */
  readonly name: string;
  /** The columns, with at least one of the key. */
  readonly columns: readonly RowColumn[];
  readonly ledgerTable: string;
}

/** An existing table, with a key. */
export class KeyedTable implements TargetTable {
  readonly name: string;
  readonly columns: readonly RowColumn[];
  readonly #keyPlaces: readonly number[];
  readonly #upsert: StatementSync;
  readonly #delete: StatementSync;
  readonly #order: KeyOrder;

  /** @throws `MR_SINK_SQLITE_SCHEMA` without a unique index on the key. */
  constructor(connection: SqliteConnection, { name, columns, ledgerTable }: KeyedTableOptions) {
    this.name = name;
    this.columns = columns;
    this.#keyPlaces = columns.flatMap(({ isKey }, place) => (isKey ? [place] : []));
    // Refuses a missing column by its name, before the key is looked for.
    connection.prepare(insertInto(name, columns));
    const keyColumns = columns.filter(({ isKey }) => isKey);
    const key = uniqueKey(connection, { table: name, key: keyColumns.map((column) => column.name) });
    this.#upsert = connection.prepare(`${insertInto(name, columns)} ${onConflict(columns)}`);
    // The comparison is that of the index, which may differ from that of the column.
    const isKey = key.map(
      (column) => `${quoteIdentifier(column.name)} = ? COLLATE ${quoteIdentifier(column.collation)}`,
    );
    this.#delete = connection.prepare(`DELETE FROM ${quoteIdentifier(name)} WHERE ${isKey.join(' AND ')}`);
    const typed = key.map((column, place) => ({
      ...column,
      affinity: keyColumns[place]?.affinity ?? 'BLOB',
    }));
    this.#order = new KeyOrder(connection, { ledgerTable, target: name, key: typed });
  }

  begin(write: SinkWrite): void {
    this.#order.begin(write);
  }

  put(values: readonly BoundValue[]): void {
    const key = this.#keyPlaces.map((place) => values[place] ?? null);
    // bounded: the columns of a table
    if (this.#order.isNewest(key)) this.#upsert.run(...values);
  }

  remove(key: readonly BoundValue[]): void {
    // bounded: the columns of a key
    if (this.#order.isNewest(key)) this.#delete.run(...key);
  }
}

/** Replaces the values beside the key; columns that no record has keep their values. */
function onConflict(columns: readonly RowColumn[]): string {
  const key = columns.filter(({ isKey }) => isKey).map(({ name }) => quoteIdentifier(name));
  const others = columns.filter(({ isKey }) => !isKey).map(({ name }) => quoteIdentifier(name));
  const action =
    others.length === 0
      ? 'NOTHING'
      : `UPDATE SET ${others.map((name) => `${name} = excluded.${name}`).join(', ')}`;
  return `ON CONFLICT (${key.join(', ')}) DO ${action}`;
}
