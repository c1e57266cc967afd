// The unique index of a key. Without an index SQLite cannot tell whether a row with the key exists.
import { quoteIdentifier } from './quote-identifier.ts';
import type { SqliteConnection } from './sqlite-connection.ts';
import { sqliteSinkError } from './sqlite-sink-errors.ts';
import { fold } from './sqlite-sink.options.ts';

/** A column of a key, as its index compares values. */
export interface KeyColumn {
  readonly name: string;
  /** The comparison of texts, `BINARY` unless the index says otherwise. */
  readonly collation: string;
}

/** Columns of all unique indexes over whole tables; a partial index permits rows with equal keys. */
const INDEX_COLUMNS = `SELECT l.seq AS number, x.name AS name, x.coll AS collation
  FROM pragma_index_list(?) AS l, pragma_index_xinfo(l.name) AS x
  WHERE l."unique" AND NOT l.partial AND x."key" ORDER BY l.seq, x.seqno`;

/**
 * The columns of the key in the order of `key`, with the comparison of the unique index on exactly these columns.
 *
 * @throws `MR_SINK_SQLITE_SCHEMA` without such an index.
 */
export function uniqueKey(
  connection: SqliteConnection,
  { table, key }: { readonly table: string; readonly key: readonly string[] },
): readonly KeyColumn[] {
  if (isRowId(connection, table, key)) return key.map((name) => ({ name, collation: 'BINARY' }));
  const indexes = Map.groupBy(connection.prepare(INDEX_COLUMNS).all(table), ({ number }) => number);
  for (const columns of indexes.values()) {
    const collations = new Map(
      // A column that is an expression has no name.
      columns.map(({ name, collation }) => [fold(String(name)), String(collation)]),
    );
    const found = key.flatMap((name) => {
      const collation = collations.get(fold(name));
      return collation === undefined ? [] : [{ name, collation }];
    });
    if (found.length === key.length && columns.length === key.length) return found;
  }
  throw noUniqueIndex(connection.file, table, key);
}

/** A primary key of one column of type `INTEGER` is the number of the row and has no index. */
function isRowId(connection: SqliteConnection, table: string, key: readonly string[]): boolean {
  const [primary, ...more] = connection
    .prepare('SELECT name, type FROM pragma_table_info(?) WHERE pk > 0')
    .all(table);
  const [only = '', ...others] = key;
  return (
    more.length === 0 &&
    others.length === 0 &&
    fold(String(primary?.['name'])) === fold(only) &&
    String(primary?.['type']).toUpperCase() === 'INTEGER'
  );
}

function noUniqueIndex(file: string, table: string, key: readonly string[]): Error {
  const names = key.map(quoteIdentifier).join(', ');
  const statement = `CREATE UNIQUE INDEX ${quoteIdentifier(`${table}_key`)} ON ${quoteIdentifier(table)} (${names})`;
  const message = `expected a unique index on (${names}) of table ${JSON.stringify(table)} in ${file}, because these columns are the key; make one: ${statement}`;
  return sqliteSinkError('MR_SINK_SQLITE_SCHEMA', message, { details: { file, table, key } });
}
