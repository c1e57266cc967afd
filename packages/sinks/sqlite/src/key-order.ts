// The order of records with the same key in one batch: the last record of the highest partition wins, whatever the order
// in which the partitions are written, now or after a crash. The sink therefore remembers which partition of the newest
// batch has written a key, in a table of its own beside the ledger, in the same transaction as the rows:
//
//   partition 2 writes key a ──► a: 2
//   partition 1 writes key a ──► nothing, 2 is higher
//
// A batch of one partition needs no memory: its records are in order.
import type { StatementSync } from 'node:sqlite';
import type { SinkWrite } from '@millrace/core';
import type { Affinity } from './column-affinity.ts';
import { quoteIdentifier } from './quote-identifier.ts';
import type { BoundValue } from './row-values.ts';
import type { SqliteConnection } from './sqlite-connection.ts';
import { fold } from './sqlite-sink.options.ts';

/** The parameters of a `KeyOrder`. */
export interface KeyOrderOptions {
  readonly ledgerTable: string;
  /** The table of the rows, under its name in the database. */
  readonly target: string;
  /** The types and comparisons of the key's columns: keys that are equal for the table are equal here. */
  readonly key: readonly { readonly name: string; readonly affinity: Affinity; readonly collation: string }[];
}

/** The keys of the newest batch. All methods are for use inside a transaction. */
export class KeyOrder {
  readonly #find: StatementSync;
  readonly #remember: StatementSync;
  readonly #forget: StatementSync;
  #write: SinkWrite | undefined;

  constructor(connection: SqliteConnection, options: KeyOrderOptions) {
    const table = keysTable(connection, options);
    const columns = options.key.map((_, place) => `key_${place}`);
    const ofBatch = 'application = ? AND output_operation = ? AND batch_time = ?';
    const isKey = columns.map((column) => `${column} = ?`).join(' AND ');
    this.#find = connection.prepare(`SELECT 1 FROM ${table} WHERE ${ofBatch} AND ${isKey}`);
    const places = columns.map(() => '?').join(', ');
    const key = `application, output_operation, batch_time, ${columns.join(', ')}`;
    this.#remember = connection.prepare(
      `INSERT INTO ${table} (${key}, "partition") VALUES (?, ?, ?, ${places}, ?) ON CONFLICT (${key})
       DO UPDATE SET "partition" = excluded."partition" WHERE excluded."partition" >= "partition"`,
    );
    this.#forget = connection.prepare(
      `DELETE FROM ${table} WHERE application = ? AND output_operation = ? AND batch_time < ?`,
    );
  }

  /** The keys of this partition follow. Forgets the batches before. */
  begin(write: SinkWrite): void {
    this.#write = write;
    const { application, outputOperation, batchTime } = write;
    this.#forget.run(application, outputOperation, batchTime);
  }

  /** True when no higher partition of the batch has written the key. Remembers the key for lower partitions. */
  isNewest(key: readonly BoundValue[]): boolean {
    if (this.#write === undefined) throw new TypeError('expected a partition to be begun');
    const { application, outputOperation, batchTime, partition, partitions } = this.#write;
    if (partitions === 1) return true;
    const values = [application, outputOperation, batchTime, ...key];
    // bounded: the columns of a key
    if (partition === 0) return this.#find.get(...values) === undefined;
    // bounded: the columns of a key
    return Number(this.#remember.run(...values, partition).changes) > 0;
  }
}

/** Finds or makes the table of the keys; one of other types belongs to an earlier form of the table and is replaced. */
function keysTable(connection: SqliteConnection, { ledgerTable, target, key }: KeyOrderOptions): string {
  const names = [`${ledgerTable}_keys`, target, ...key.map((column) => fold(column.name))];
  const name = names.map(asPart).join(',');
  const columns = key.map(
    ({ affinity, collation }, place) =>
      `key_${place} ${affinity} NOT NULL COLLATE ${quoteIdentifier(collation)}`,
  );
  const primary = ['application', 'output_operation', 'batch_time', ...key.map((_, place) => `key_${place}`)];
  const create = `CREATE TABLE ${quoteIdentifier(name)} (application TEXT NOT NULL, output_operation INTEGER NOT NULL, batch_time INTEGER NOT NULL, ${columns.join(', ')}, "partition" INTEGER NOT NULL, PRIMARY KEY (${primary.join(', ')})) WITHOUT ROWID`;
  const find = "SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = ? COLLATE NOCASE";
  const found = connection.prepare(find).get(name)?.['sql'];
  if (found !== create) {
    if (found !== undefined) connection.exec(`DROP TABLE ${quoteIdentifier(name)}`);
    connection.exec(create);
  }
  return quoteIdentifier(name);
}

/** A part of a name, quoted like a value of CSV where necessary: different lists of parts make different names. */
function asPart(name: string): string {
  return /[",]/.test(name) ? quoteIdentifier(name) : name;
}
