// The table of the rows: found or made when the sink opens.
import { qualified, quoted } from '../database/quoted.ts';
import type { DuckdbSession } from '../database/duckdb-session.ts';
import { duckdbSinkError } from '../duckdb-sink-errors.ts';
import { columnName, type DuckdbColumn, type DuckdbSinkOptions, fold } from '../duckdb-sink.options.ts';
import { type DuckdbTypedColumn, duckdbTypedColumn } from '../rows/duckdb-typed-column.ts';

/** An existing table. */
export interface DuckdbTable {
  readonly schema: string;
  /** The table in SQL, with its schema. */
  readonly sql: string;
  /** The name of the table in the ledger: `Delays` and `delays` are one table. */
  readonly target: string;
  /** The columns that get a value, in order. */
  readonly columns: readonly DuckdbTypedColumn[];
}

/** The options of the table. */
export type DuckdbTableOptions = Pick<DuckdbSinkOptions, 'schema' | 'table' | 'columns' | 'key' | 'create'>;

/**
 * Finds or makes the table, inside a transaction.
 *
 * @throws `MR_SINK_DUCKDB_SCHEMA` when the table or a column is missing, or a column has a type that the key cannot have.
 */
export async function openTable(session: DuckdbSession, options: DuckdbTableOptions): Promise<DuckdbTable> {
  const { schema, table, create } = options;
  const sql = qualified(schema, table);
  if (create) await session.run(`CREATE TABLE IF NOT EXISTS ${sql} (${definitions(options)})`);
  const found = await session.rows(
    `SELECT t.schema_name AS "schema", t.table_name AS "table", c.column_name AS name, c.data_type AS type
      FROM duckdb_tables() t JOIN duckdb_columns() c ON c.table_oid = t.table_oid AND c.database_oid = t.database_oid
      WHERE t.database_name = current_database() AND lower(t.schema_name) = $1 AND lower(t.table_name) = $2`,
    [fold(schema), fold(table)],
  );
  const [first] = found;
  if (first === undefined) {
    const message = `expected a table ${sql} in ${session.path}; make the table, or set create`;
    throw duckdbSinkError('MR_SINK_DUCKDB_SCHEMA', message, { details: { table } });
  }
  const types = new Map(found.map(({ name, type }) => [fold(String(name)), String(type)]));
  const columns = options.columns.map((column) => existing(columnName(column), types, options));
  return { schema, sql, target: qualified(String(first['schema']), String(first['table'])), columns };
}

function existing(
  name: string,
  types: ReadonlyMap<string, string>,
  { table, key = [] }: DuckdbTableOptions,
): DuckdbTypedColumn {
  const type = types.get(fold(name));
  const isKey = key.some((one) => fold(one) === fold(name));
  const column = type === undefined ? undefined : duckdbTypedColumn(name, type, isKey);
  if (column !== undefined && !(isKey && (column.kind === 'nested' || column.kind === 'json'))) return column;
  const expected =
    column === undefined ? `a column ${JSON.stringify(name)}` : `no column of type ${type} in the key`;
  const message = `expected ${expected} of table ${JSON.stringify(table)}; correct the options or the database`;
  throw duckdbSinkError('MR_SINK_DUCKDB_SCHEMA', message, { details: { table, column: name } });
}

function definitions({ columns, key = [] }: DuckdbTableOptions): string {
  const ofKey = new Set(key.map(fold));
  const list = columns.map((column) => {
    const name = columnName(column);
    return `${quoted(name)} ${typeOf(column)}${ofKey.has(fold(name)) ? ' NOT NULL' : ''}`;
  });
  const primary = key.length === 0 ? [] : [`PRIMARY KEY (${key.map(quoted).join(', ')})`];
  return [...list, ...primary].join(', ');
}

function typeOf(column: DuckdbColumn): string {
  return typeof column === 'string' ? 'VARCHAR' : (column.type ?? 'VARCHAR');
}
