// The table of the rows: found or made when the sink opens.
import { appendingTable } from './appending-table.ts';
import { affinityOf } from './column-affinity.ts';
import { KeyedTable } from './keyed-table.ts';
import { quoteIdentifier } from './quote-identifier.ts';
import type { RowColumn } from './row-values.ts';
import type { SqliteConnection } from './sqlite-connection.ts';
import { sqliteSinkError } from './sqlite-sink-errors.ts';
import { fold, type SqliteSinkOptions } from './sqlite-sink.options.ts';
import type { TargetTable } from './target-table.ts';

/** The table, and the columns of a new table. */
export type TableOptions = Pick<
  SqliteSinkOptions,
  'table' | 'columns' | 'key' | 'createTable' | 'ledgerTable'
>;

/**
 * Finds or makes the table.
 *
 * @throws `MR_SINK_SQLITE_SCHEMA` when the table, a column or the unique index of the key is missing.
 */
export function openTable(connection: SqliteConnection, options: TableOptions): TargetTable {
  const { table, key, createTable, ledgerTable } = options;
  if (createTable) {
    connection.exec(`CREATE TABLE IF NOT EXISTS ${quoteIdentifier(table)} (${definitionsOf(options)})`);
  }
  const find = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name = ? COLLATE NOCASE";
  const name = connection.prepare(find).get(table)?.['name'];
  if (typeof name !== 'string') throw missingTable(connection.file, table);
  const columns = columnsOf(connection, options);
  return key === undefined
    ? appendingTable(connection, { name, columns })
    : new KeyedTable(connection, { name, columns, ledgerTable });
}

function definitionsOf(options: TableOptions): string {
  const { key } = options;
  const columns = columnList(options).map(({ name, type }) => {
    const notNull = isOfKey(name, options) ? ' NOT NULL' : '';
    return `${quoteIdentifier(name)}${type === undefined ? '' : ` ${type}`}${notNull}`;
  });
  const primary = key === undefined ? [] : [`PRIMARY KEY (${key.map(quoteIdentifier).join(', ')})`];
  return [...columns, ...primary].join(', ');
}

/** A column that is missing in the database is found by the first statement with its name. */
function columnsOf(connection: SqliteConnection, options: TableOptions): readonly RowColumn[] {
  const found = connection.prepare('SELECT name, type FROM pragma_table_xinfo(?)').all(options.table);
  const types = new Map(found.map(({ name, type }) => [fold(String(name)), String(type)]));
  return columnList(options).map(({ name }) => ({
    name,
    affinity: affinityOf(types.get(fold(name)) ?? ''),
    isKey: isOfKey(name, options),
  }));
}

function columnList({ columns }: TableOptions): readonly { readonly name: string; readonly type?: string }[] {
  return columns.map((column) =>
    typeof column === 'string'
      ? { name: column }
      : { name: column.name, ...(column.type === undefined ? {} : { type: column.type }) },
  );
}

function isOfKey(column: string, { key = [] }: TableOptions): boolean {
  return key.some((name) => fold(name) === fold(column));
}

function missingTable(file: string, table: string): Error {
  const message = `expected a table ${JSON.stringify(table)} in ${file}; make the table, or set createTable`;
  return sqliteSinkError('MR_SINK_SQLITE_SCHEMA', message, { details: { file, table } });
}
