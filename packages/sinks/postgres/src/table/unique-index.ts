// The unique index of a key. Without an index the server cannot tell whether a row with the key exists.
import { quoted } from '@millrace/connection-postgres';
import type { Session } from '../connection/session.ts';
import { postgresSinkError } from '../postgres-sink-errors.ts';

/** A column of a key, as its index compares values. */
export interface IndexedColumn {
  readonly name: string;
  /** ` COLLATE …` for SQL, empty for a type without collations. Two texts may be equal for the index and not be the same. */
  readonly collation: string;
}

/** The columns of all unique indexes over whole tables; a partial index permits rows with equal keys. */
const INDEX_COLUMNS = `SELECT i.indexrelid AS "index", i.indnkeyatts AS columns, a.attname AS name,
  CASE WHEN o.oid IS NULL THEN '' ELSE format(' COLLATE %I.%I', n.nspname, o.collname) END AS "collation"
  FROM pg_index i
  CROSS JOIN LATERAL unnest(i.indkey::int2[], i.indcollation::oid[]) WITH ORDINALITY AS k(attnum, coll, place)
  JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
  LEFT JOIN pg_collation o ON o.oid = k.coll
  LEFT JOIN pg_namespace n ON n.oid = o.collnamespace
  WHERE i.indrelid = $1 AND i.indisunique AND i.indisvalid AND i.indimmediate AND i.indpred IS NULL
    AND k.place <= i.indnkeyatts
  ORDER BY i.indexrelid, k.place`;

/** The table of the key. */
export interface KeyedTableName {
  readonly id: unknown;
  readonly sql: string;
  readonly key: readonly string[];
}

/**
 * The columns of the key in the order of `key`, with the comparison of the unique index on exactly these columns.
 *
 * @throws `MR_SINK_POSTGRES_SCHEMA` without such an index.
 */
export async function uniqueKey(session: Session, table: KeyedTableName): Promise<readonly IndexedColumn[]> {
  const { id, sql, key } = table;
  const { rows } = await session.query(INDEX_COLUMNS, [id]);
  for (const columns of Map.groupBy(rows, ({ index }) => index).values()) {
    const collations = new Map(columns.map(({ name, collation }) => [String(name), String(collation)]));
    const found = key.flatMap((name) => {
      const collation = collations.get(name);
      return collation === undefined ? [] : [{ name, collation }];
    });
    // An index may also have expressions, which have no name.
    if (found.length === key.length && Number(columns[0]?.['columns']) === key.length) return found;
  }
  const statement = `CREATE UNIQUE INDEX ON ${sql} (${key.map(quoted).join(', ')})`;
  const message = `expected a unique index on exactly the columns of the key, (${key.map(quoted).join(', ')}), of ${sql}, neither partial nor deferrable; make one: ${statement}`;
  throw postgresSinkError('MR_SINK_POSTGRES_SCHEMA', message, { details: { table: sql, key } });
}
