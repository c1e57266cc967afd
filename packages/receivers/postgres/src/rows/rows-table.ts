// A table at the start of a receiver: its columns, and whether `key` and `transaction` order its rows.
import { qualified, quoted } from '@millrace/connection-postgres';
import type { ServerSession } from '../connection/session.ts';
import type { Column } from '../decoding/column-values.ts';
import { postgresError } from '../postgres-errors.ts';
import type { PostgresRowsOptions } from './rows-options.ts';

/** A table whose rows can be read in order. */
export interface OrderedTable {
  /** The name in SQL. */
  readonly sql: string;
  /** The columns of a record. */
  readonly columns: readonly Column[];
  /** The column `key` in SQL, and its type in SQL. */
  readonly key: string;
  readonly keyType: string;
  /** The column `transaction` in SQL. */
  readonly transaction: string;
}

const COLUMNS = `SELECT a.attname, a.atttypid, format_type(a.atttypid, -1), a.attnotnull
  FROM pg_attribute a WHERE a.attrelid = to_regclass($1) AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum`;

/** The columns of each whole index, one row for each column; an expression has no name. */
const INDEXES = `SELECT i.indexrelid, i.indisunique, a.attname FROM pg_index i
  CROSS JOIN LATERAL unnest(i.indkey::int2[]) WITH ORDINALITY AS k(attnum, place)
  LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
  WHERE i.indrelid = to_regclass($1) AND i.indisvalid AND i.indpred IS NULL AND k.place <= i.indnkeyatts
  ORDER BY i.indexrelid, k.place`;

const XID8_TYPE = 5_069;

interface FoundColumn extends Column {
  readonly type: string;
  readonly isRequired: boolean;
}

/**
 * The facts of the table.
 *
 * @throws `MR_POSTGRES_TABLE_UNUSABLE`, and errors of the server.
 */
export async function rowsTable(session: ServerSession, options: PostgresRowsOptions): Promise<OrderedTable> {
  const sql = qualified(options.schema, options.table);
  const found = (await session.query(COLUMNS, [sql])).map(
    ([name, typeId, type, isRequired]): FoundColumn => ({
      name: String(name),
      typeId: Number(typeId),
      type: String(type),
      isRequired: isRequired === 't',
    }),
  );
  if (found.length === 0) throw unusable(sql, 'to exist with columns; correct the names of schema and table');
  const columnOf = (name: string): FoundColumn => {
    const column = found.find((one) => one.name === name);
    if (column === undefined) throw unusable(sql, `to have a column ${quoted(name)}`);
    return column;
  };
  const key = columnOf(options.key);
  const transaction = columnOf(options.transaction);
  assertTransaction(sql, transaction);
  if (!key.isRequired) throw unusable(sql, `to have a column ${quoted(key.name)} that is NOT NULL`);
  await assertOrdered(session, { sql, key: key.name, transaction: transaction.name });
  const columns = options.columns?.map(columnOf) ?? found;
  return {
    sql,
    columns: columns.map(({ name, typeId }) => ({ name, typeId })),
    key: quoted(key.name),
    keyType: key.type,
    transaction: quoted(transaction.name),
  };
}

/** The statement that makes a column for transactions, for messages. */
export function transactionColumn(sql: string, name: string): string {
  return `ALTER TABLE ${sql} ADD COLUMN ${quoted(name)} xid8 NOT NULL DEFAULT pg_current_xact_id()`;
}

function assertTransaction(sql: string, { name, typeId, isRequired }: FoundColumn): void {
  if (typeId === XID8_TYPE && isRequired) return;
  throw unusable(
    sql,
    `to have a column ${quoted(name)} of type xid8 that is NOT NULL; make one: ${transactionColumn(sql, name)}`,
  );
}

/**
 * Rows that the order does not tell apart would be lost between two pages. Without an index that begins with the transaction
 * every look would read the whole table.
 */
async function assertOrdered(
  session: ServerSession,
  { sql, key, transaction }: { readonly sql: string; readonly key: string; readonly transaction: string },
): Promise<void> {
  const rows = await session.query(INDEXES, [sql]);
  const indexes = [...Map.groupBy(rows, ([index]) => index).values()].map((columns) => ({
    isUnique: columns[0]?.[1] === 't',
    names: columns.map(([, , name]) => name ?? null),
  }));
  const isUnique = indexes.some(
    (index) => index.isUnique && index.names.every((name) => name === key || name === transaction),
  );
  const isOrdered = indexes.some(({ names }) => names[0] === transaction);
  if (isUnique && isOrdered) return;
  const order = `(${quoted(transaction)}, ${quoted(key)})`;
  throw unusable(sql, `to have a unique index on ${order}; make one: CREATE UNIQUE INDEX ON ${sql} ${order}`);
}

function unusable(sql: string, expected: string): Error {
  return postgresError('MR_POSTGRES_TABLE_UNUSABLE', `expected the table ${sql} ${expected}`, {
    details: { table: sql },
  });
}
