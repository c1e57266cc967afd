// The table of the rows: found or made when the sink opens.
import { qualified, quoted } from '@millrace/connection-postgres';
import type { Session } from '../connection/session.ts';
import { columnName, type PostgresColumn, type PostgresSinkOptions } from '../postgres-sink.options.ts';
import { postgresSinkError } from '../postgres-sink-errors.ts';
import { kindOfType, type SentColumn } from '../rows/sent-column.ts';
import { type IndexedColumn, uniqueKey } from './unique-index.ts';

/** An existing table. */
export interface RowsTable {
  readonly schema: string;
  /** The table in SQL, with its schema; also its name in the ledger. */
  readonly sql: string;
  /** The columns that get a value, in order. */
  readonly columns: readonly SentColumn[];
  /** The columns of the key with the comparison of their index; empty without a key. */
  readonly key: readonly IndexedColumn[];
  /** False where the server refuses COPY. */
  readonly canCopy: boolean;
}

interface FoundTable {
  readonly id: unknown;
  readonly schema: string;
  readonly name: string;
  readonly hasRowSecurity: boolean;
}

/**
 * Finds or makes the table, inside a transaction.
 *
 * @throws `MR_SINK_POSTGRES_SCHEMA` when the table, a column or the unique index of the key is missing, and errors of the server.
 */
export async function openTable(session: Session, options: PostgresSinkOptions): Promise<RowsTable> {
  const { table, key } = options;
  if (options.create && (await findTable(session, options)) === undefined)
    await createTable(session, options);
  const found = await findTable(session, options);
  if (found === undefined)
    throw schemaError(options, `expected a table ${JSON.stringify(table)}; make the table, or set create`);
  const columns = await columnsOf(session, found, options);
  const sql = qualified(found.schema, found.name);
  return {
    schema: found.schema,
    sql,
    columns,
    key: key === undefined ? [] : await uniqueKey(session, { id: found.id, sql, key }),
    canCopy: !found.hasRowSecurity,
  };
}

async function findTable(session: Session, options: PostgresSinkOptions): Promise<FoundTable | undefined> {
  const { schema, table } = options;
  const name = schema === undefined ? quoted(table) : qualified(schema, table);
  const find = `SELECT c.oid AS id, n.nspname AS schema, c.relname AS name, c.relkind AS kind, c.relpersistence AS persistence,
    row_security_active(c.oid) AS has_row_security
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = to_regclass($1)`;
  const { rows } = await session.query(find, [name]);
  const [row] = rows;
  if (row === undefined) return undefined;
  if (row['kind'] !== 'r' && row['kind'] !== 'p')
    throw schemaError(options, `expected ${name} to be a table, not a view or a foreign table`);
  if (row['persistence'] !== 'p') {
    const advice = `make it durable: ALTER TABLE ${name} SET LOGGED`;
    throw schemaError(
      options,
      `expected a table that survives a crash of the server, got ${name}, which is unlogged or temporary; ${advice}`,
    );
  }
  return {
    id: row['id'],
    schema: String(row['schema']),
    name: String(row['name']),
    hasRowSecurity: row['has_row_security'] === true,
  };
}

async function createTable(
  session: Session,
  { schema, table, columns, key = [] }: PostgresSinkOptions,
): Promise<void> {
  const definitions = columns.map((column) => {
    const name = columnName(column);
    return `${quoted(name)} ${typeOf(column)}${key.includes(name) ? ' NOT NULL' : ''}`;
  });
  const primary = key.length === 0 ? [] : [`PRIMARY KEY (${key.map(quoted).join(', ')})`];
  const name = schema === undefined ? quoted(table) : qualified(schema, table);
  await session.query(`CREATE TABLE ${name} (${[...definitions, ...primary].join(', ')})`);
}

function typeOf(column: PostgresColumn): string {
  return typeof column === 'string' ? 'text' : (column.type ?? 'text');
}

async function columnsOf(
  session: Session,
  { id }: FoundTable,
  options: PostgresSinkOptions,
): Promise<readonly SentColumn[]> {
  // Of a domain the type below, of an array the type of its elements.
  const find = `SELECT a.attname AS name, format_type(a.atttypid, -1) AS type, e.typname AS element, b.typcategory = 'A' AS is_array
    FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
    JOIN pg_type b ON b.oid = CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE t.oid END
    JOIN pg_type e ON e.oid = CASE WHEN b.typcategory = 'A' THEN b.typelem ELSE b.oid END
    WHERE a.attrelid = $1 AND a.attnum > 0 AND NOT a.attisdropped`;
  const { rows } = await session.query(find, [id]);
  const found = new Map(rows.map((row) => [String(row['name']), row]));
  return options.columns.map(columnName).map((name) => {
    const row = found.get(name);
    if (row === undefined)
      throw schemaError(
        options,
        `expected a column ${JSON.stringify(name)} of table ${JSON.stringify(options.table)}`,
      );
    return {
      name,
      type: String(row['type']),
      kind: kindOfType(String(row['element'])),
      isArray: row['is_array'] === true,
      isKey: options.key?.includes(name) === true,
    };
  });
}

function schemaError({ table }: PostgresSinkOptions, message: string): Error {
  return postgresSinkError('MR_SINK_POSTGRES_SCHEMA', message, { details: { table } });
}
