// A table with one row for each key: a record replaces the row with its key, or removes that row.
//
// Within a partition the last record of a key wins. Between the partitions of one batch the highest partition wins, whatever the
// order in which they are written, now or after a crash. The sink therefore remembers which partition of the newest batch has
// written a key, in a table of its own, in the same transaction as the rows. A batch of one partition needs no memory.
//
//   stage ──last of each key──► chosen ──without keys of higher partitions──► removals, then upserts
import { createHash } from 'node:crypto';
import { isMillraceError, type SinkWrite } from '@millrace/core';
import { qualified, quoted } from '../database/quoted.ts';
import type { DuckdbSession } from '../database/duckdb-session.ts';
import { duckdbSinkError } from '../duckdb-sink-errors.ts';
import type { DuckdbTypedColumn } from '../rows/duckdb-typed-column.ts';
import type { DuckdbTable } from './duckdb-table.ts';
import type { DuckdbStage } from './duckdb-stage.ts';
import type { DuckdbTableWriter } from './duckdb-table-writer.ts';

const CHOSEN = 'temp.millrace_chosen';
const OF_OUTPUT = 'application = $1 AND output_operation = $2';

/** Writes rows to a table with a key. */
export class DuckdbKeyedRows implements DuckdbTableWriter {
  readonly #stage: DuckdbStage;
  readonly #keysTable: string;
  readonly #key: readonly KeyPlace[];
  readonly #remove: string;
  readonly #upsert: string;

  private constructor(table: DuckdbTable, stage: DuckdbStage, keysTable: string) {
    this.#stage = stage;
    this.#keysTable = keysTable;
    this.#key = keyPlaces(table.columns);
    const isSame = this.#key.map(
      // The index compares texts to the letter, whatever the collation of the column.
      ({ name, type, value }) =>
        `target.${quoted(name)}${type === 'VARCHAR' ? ' COLLATE "binary"' : ''} = chosen.${value}`,
    );
    this.#remove = `DELETE FROM ${table.sql} AS target USING ${CHOSEN} AS chosen WHERE chosen.removed AND ${isSame.join(' AND ')}`;
    this.#upsert = upsert(table);
  }

  /** Makes the missing table of keys, inside a transaction. */
  static async open(
    session: DuckdbSession,
    table: DuckdbTable,
    { stage, ledgerTable }: { readonly stage: DuckdbStage; readonly ledgerTable: string },
  ): Promise<DuckdbKeyedRows> {
    const keys = keyPlaces(table.columns).map(({ memory, type }) => `${memory} ${type} NOT NULL`);
    // A key of other types gets another table.
    const digest = createHash('sha256')
      .update(JSON.stringify([table.target, keys]))
      .digest('hex');
    const name = qualified(table.schema, `${ledgerTable}_keys_${digest.slice(0, 8)}`);
    await session.run(
      `CREATE TABLE IF NOT EXISTS ${name} (application VARCHAR NOT NULL, output_operation INTEGER NOT NULL,
        batch_time BIGINT NOT NULL, "partition" INTEGER NOT NULL, ${keys.join(', ')})`,
    );
    const writer = new DuckdbKeyedRows(table, stage, name);
    await stage.fill(session, []);
    await session.run(`CREATE OR REPLACE TEMP TABLE millrace_chosen AS ${writer.#latest(0)}`);
    try {
      await session.run(`EXPLAIN ${writer.#upsert}`);
    } catch (cause) {
      throw isMillraceError(cause, 'MR_SINK_DUCKDB_SCHEMA') ? noUniqueIndex(table, cause) : cause;
    }
    await writer.empty(session);
    return writer;
  }

  async put(session: DuckdbSession, write: SinkWrite, count: number): Promise<void> {
    await session.run(`CREATE OR REPLACE TEMP TABLE millrace_chosen AS ${this.#latest(count)}`);
    if (write.partitions > 1) await this.#chooseAmongPartitions(session, write);
    const [removed] = await session.rows(`SELECT 1 FROM ${CHOSEN} WHERE removed LIMIT 1`);
    if (removed !== undefined) await session.run(this.#remove);
    await session.run(this.#upsert);
  }

  async empty(session: DuckdbSession): Promise<void> {
    await session.run(`DROP TABLE IF EXISTS ${CHOSEN}`);
  }

  /** The last row of each key, of the first rows of the stage. */
  #latest(count: number): string {
    const key = this.#key.map(({ value }) => value).join(', ');
    const rows = this.#stage.first(count);
    return `SELECT * FROM (${rows}) WHERE place IN (SELECT max(place) FROM (${rows}) GROUP BY ${key})`;
  }

  async #chooseAmongPartitions(session: DuckdbSession, write: SinkWrite): Promise<void> {
    const { application, outputOperation, batchTime, partition } = write;
    const output = [application, outputOperation, batchTime];
    const keys = this.#keysTable;
    const isSame = this.#key.map(({ memory, value }) => `keys.${memory} = chosen.${value}`);
    await session.run(`DELETE FROM ${keys} WHERE ${OF_OUTPUT} AND batch_time < $3`, output);
    await session.run(
      `DELETE FROM ${CHOSEN} AS chosen USING ${keys} AS keys
        WHERE ${OF_OUTPUT} AND batch_time = $3 AND "partition" > $4 AND ${isSame.join(' AND ')}`,
      [...output, partition],
    );
    await session.run(
      `INSERT INTO ${keys} SELECT $1, $2, $3, $4, ${this.#key.map(({ value }) => value).join(', ')} FROM ${CHOSEN}`,
      [...output, partition],
    );
  }
}

interface KeyPlace {
  readonly name: string;
  readonly type: string;
  /** The column of the stage. */
  readonly value: string;
  /** The column of the table of keys. */
  readonly memory: string;
}

function keyPlaces(columns: readonly DuckdbTypedColumn[]): readonly KeyPlace[] {
  return columns.flatMap(({ name, type, isKey }, place) =>
    isKey ? [{ name, type, value: `c${place}`, memory: `key_${place}` }] : [],
  );
}

/** Replaces the values beside the key; columns that no record has keep their values. */
function upsert({ sql, columns }: DuckdbTable): string {
  const names = columns.map(({ name }) => quoted(name)).join(', ');
  const places = columns.map((_, index) => `c${index}`).join(', ');
  const ofKey = columns.filter(({ isKey }) => isKey).map(({ name }) => quoted(name));
  const others = columns.filter(({ isKey }) => !isKey).map(({ name }) => quoted(name));
  const changes = others.map((name) => `${name} = excluded.${name}`).join(', ');
  const action = others.length === 0 ? 'NOTHING' : `UPDATE SET ${changes}`;
  return `INSERT INTO ${sql} (${names}) SELECT ${places} FROM ${CHOSEN} WHERE NOT removed
    ON CONFLICT (${ofKey.join(', ')}) DO ${action}`;
}

function noUniqueIndex({ sql, target, columns }: DuckdbTable, cause: Error): Error {
  const key = columns.filter(({ isKey }) => isKey).map(({ name }) => quoted(name));
  const statement = `CREATE UNIQUE INDEX ${quoted(`${target.replaceAll(/\W+/g, '_')}_key`)} ON ${sql} (${key.join(', ')})`;
  const message = `expected a unique index or a primary key on exactly the columns of the key, (${key.join(', ')}), of ${sql}; make one: ${statement}`;
  return duckdbSinkError('MR_SINK_DUCKDB_SCHEMA', message, { details: { table: target }, cause });
}
