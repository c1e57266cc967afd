// A table with one row for each key: a record replaces the row with its key, or removes that row.
//
// Within one statement the last record of a key wins. Between the partitions of one batch the highest partition wins, whatever
// the order in which they are written, at once or after a crash. The sink therefore remembers which partition of the newest
// batch has written a key, in a table of its own, in the same transaction as the rows. Two partitions with one key wait for
// each other there; every statement takes the keys in the same order. A partition of several statements is alone in the table,
// or partitions could wait for each other in a circle.
import { createHash } from 'node:crypto';
import { qualified, quoted } from '@millrace/connection-postgres';
import type { SinkWrite } from '@millrace/core';
import type { Session } from '../connection/session.ts';
import type { RecordRow } from '../rows/record-rows.ts';
import { sentRows, sentValues, typedColumns } from './row-input.ts';
import type { TableWriter } from './table-writer.ts';
import type { RowsTable } from './rows-table.ts';

/** Writes rows to a table with a key. */
export class KeyedRows implements TableWriter {
  readonly canCopy = false;
  readonly #table: RowsTable;
  readonly #alone: string;
  readonly #amongPartitions: string;
  readonly #forget: string;
  readonly #lockShared: string;
  readonly #lockAlone: string;
  readonly #forgottenBefore = new Map<string, number>();

  private constructor(table: RowsTable, keysTable: string) {
    this.#table = table;
    const lock = createHash('sha256').update(table.sql).digest().readBigInt64BE(0);
    this.#lockShared = `SELECT pg_advisory_xact_lock_shared(${lock})`;
    this.#lockAlone = `SELECT pg_advisory_xact_lock(${lock})`;
    this.#alone = upsert(table);
    this.#amongPartitions = upsert(table, keysTable);
    // Rows that another partition is just removing are left to that partition.
    this.#forget = `DELETE FROM ${keysTable} WHERE ctid = ANY(ARRAY(SELECT ctid FROM ${keysTable}
      WHERE application = $1 AND output_operation = $2 AND batch_time < $3 FOR UPDATE SKIP LOCKED))`;
  }

  /** Makes the missing table of keys, inside a transaction. */
  static async open(session: Session, table: RowsTable, ledgerTable: string): Promise<KeyedRows> {
    const keys = keyColumns(table).map(
      ({ type, collation }, place) => `key_${place} ${type}${collation} NOT NULL`,
    );
    // A key of other types or comparisons gets another table.
    const digest = createHash('sha256')
      .update(JSON.stringify([table.sql, table.key, keys]))
      .digest('hex');
    const name = qualified(table.schema, `${ledgerTable}_keys_${digest.slice(0, 8)}`);
    const { rows } = await session.query('SELECT to_regclass($1) IS NULL AS is_missing', [name]);
    if (rows[0]?.['is_missing'] === true) {
      const places = table.key.map((_, place) => `key_${place}`).join(', ');
      await session.query(
        `CREATE TABLE ${name} (application text NOT NULL, output_operation integer NOT NULL, batch_time bigint NOT NULL,
        ${keys.join(', ')}, partition integer NOT NULL, PRIMARY KEY (application, output_operation, batch_time, ${places}))`,
      );
    }
    return new KeyedRows(table, name);
  }

  /** Forgets the keys of the batches before, once for each batch. */
  async begin(session: Session, write: SinkWrite, isOneStatement: boolean): Promise<void> {
    const { application, outputOperation, batchTime, partitions } = write;
    if (partitions === 1) return;
    await session.query(isOneStatement ? this.#lockShared : this.#lockAlone);
    const output = JSON.stringify([application, outputOperation]);
    if ((this.#forgottenBefore.get(output) ?? -Infinity) >= batchTime) return;
    await session.query(this.#forget, [application, outputOperation, batchTime]);
    this.#forgottenBefore.set(output, batchTime);
  }

  async put(session: Session, rows: readonly RecordRow[], write: SinkWrite): Promise<void> {
    const values = sentValues(rows, this.#table.columns, true);
    if (write.partitions === 1) {
      await session.query(this.#alone, values);
      return;
    }
    const { application, outputOperation, batchTime, partition } = write;
    await session.query(this.#amongPartitions, [
      ...values,
      application,
      outputOperation,
      batchTime,
      partition,
    ]);
  }

  async copy(): Promise<void> {
    throw new TypeError('expected a table without a key');
  }
}

interface TypedKey {
  readonly name: string;
  readonly collation: string;
  readonly type: string;
  /** Among all columns. */
  readonly place: number;
}

function keyColumns({ key, columns }: RowsTable): readonly TypedKey[] {
  return key.map(({ name, collation }) => {
    const place = columns.findIndex((column) => column.name === name);
    return { name, collation, place, type: columns[place]?.type ?? 'text' };
  });
}

/** One statement: the last row of each key among those sent, and with `keysTable` only keys of no higher partition. */
function upsert(table: RowsTable, keysTable?: string): string {
  const { sql, columns } = table;
  const key = keyColumns(table);
  const order = key.map(({ place, collation }) => `c${place}${collation}`).join(', ');
  const names = columns.map(({ name }) => quoted(name)).join(', ');
  const places = columns.map((_, place) => `c${place}`).join(', ');
  const isRemoved = key.map(
    ({ name, place, collation }) => `target.${quoted(name)} = chosen.c${place}${collation}`,
  );
  return `WITH typed AS (SELECT ${typedColumns(columns)}, removed, place FROM ${sentRows(columns, true)}),
    latest AS (SELECT DISTINCT ON (${order}) * FROM typed ORDER BY ${order}, place DESC),
    ${chosen(key, order, columns.length + 2, keysTable)},
    gone AS (DELETE FROM ${sql} AS target USING chosen WHERE removed AND ${isRemoved.join(' AND ')})
    INSERT INTO ${sql} AS target (${names}) SELECT ${places} FROM chosen WHERE NOT removed ORDER BY ${order} ${onConflict(table)}`;
}

function chosen(key: readonly TypedKey[], order: string, parameter: number, keysTable?: string): string {
  if (keysTable === undefined) return 'chosen AS (SELECT * FROM latest)';
  const identity = 'application, output_operation, batch_time';
  const names = key.map((_, index) => `key_${index}`).join(', ');
  const isSame = key.map(
    ({ place, collation }, index) => `newest.key_${index} = latest.c${place}${collation}`,
  );
  const [application, operation, batchTime, partition] = [0, 1, 2, 3].map(
    (offset) => `$${parameter + offset}`,
  );
  return `newest AS (INSERT INTO ${keysTable} AS known (${identity}, partition, ${names})
      SELECT ${application}::text, ${operation}::integer, ${batchTime}::bigint, ${partition}::integer, ${key.map(({ place }) => `c${place}`).join(', ')}
      FROM latest ORDER BY ${order}
      ON CONFLICT (${identity}, ${names}) DO UPDATE SET partition = excluded.partition WHERE excluded.partition >= known.partition
      RETURNING ${names}),
    chosen AS (SELECT latest.* FROM latest JOIN newest ON ${isSame.join(' AND ')})`;
}

/** Replaces the values beside the key; columns that no record has keep their values. */
function onConflict({ columns, key }: RowsTable): string {
  const others = columns.filter(({ isKey }) => !isKey).map(({ name }) => quoted(name));
  const action =
    others.length === 0
      ? 'NOTHING'
      : `UPDATE SET ${others.map((name) => `${name} = excluded.${name}`).join(', ')}`;
  return `ON CONFLICT (${key.map(({ name }) => quoted(name)).join(', ')}) DO ${action}`;
}
