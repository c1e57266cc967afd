// The table of the rows.
import type { StatementSync } from 'node:sqlite';
import type { SqliteConnection } from './sqlite-connection.ts';
import { quoteIdentifier } from './quote-identifier.ts';
import { sqliteSinkError } from './sqlite-sink-errors.ts';
import type { SqliteSinkOptions } from './sqlite-sink.options.ts';

/** The table, and the columns of a new table. */
export type TableOptions = Pick<SqliteSinkOptions, 'table' | 'columns' | 'createTable'>;

/** An existing table. */
export interface TargetTable {
  /** The table's name in the database: `Delays` and `delays` are one table. */
  readonly name: string;
  /** Inserts a row; accepts its values in the order of the columns. */
  readonly insert: StatementSync;
}

/** The names of the columns, in order. */
export function columnNames({ columns }: Pick<TableOptions, 'columns'>): readonly string[] {
  return columns.map((column) => (typeof column === 'string' ? column : column.name));
}

/** Finds or makes the table. @throws `MR_SINK_SQLITE_SCHEMA` when the table or a column is missing. */
export function openTable(connection: SqliteConnection, options: TableOptions): TargetTable {
  const table = quoteIdentifier(options.table);
  if (options.createTable) connection.exec(`CREATE TABLE IF NOT EXISTS ${table} (${definitionsOf(options)})`);
  const find = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name = ? COLLATE NOCASE";
  const name = connection.prepare(find).get(options.table)?.['name'];
  if (typeof name !== 'string') throw missingTable(connection.file, options.table);
  const columns = columnNames(options).map(quoteIdentifier);
  const places = columns.map(() => '?').join(', ');
  return {
    name,
    insert: connection.prepare(`INSERT INTO ${table} (${columns.join(', ')}) VALUES (${places})`),
  };
}

function definitionsOf({ columns }: TableOptions): string {
  return columns
    .map((column) => (typeof column === 'string' ? { name: column, type: undefined } : column))
    .map(({ name, type }) =>
      type === undefined ? quoteIdentifier(name) : `${quoteIdentifier(name)} ${type}`,
    )
    .join(', ');
}

function missingTable(file: string, table: string): Error {
  const message = `expected a table ${JSON.stringify(table)} in ${file}; make the table, or set createTable`;
  return sqliteSinkError('MR_SINK_SQLITE_SCHEMA', message, { details: { file, table } });
}
