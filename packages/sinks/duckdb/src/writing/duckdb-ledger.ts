// The sink's record of its writes, in the database itself: one row for every partition of every output operation of every batch,
// added in the same transaction as the records. Either both exist or neither, and a repeated write is recognised.
//
// The ledger would grow without limit, so of each output operation all but the newest batches are dropped, and the ledger stores
// the newest dropped batch. An older batch is refused: an earlier write of such a batch is unknown, and guessing would lose or
// duplicate records.
import { batchId, coreError, type SinkWrite } from '@millrace/core';
import { qualified } from '../database/quoted.ts';
import type { DuckdbSession } from '../database/duckdb-session.ts';
import { duckdbSinkError } from '../duckdb-sink-errors.ts';
import { ledgerNames } from '../duckdb-sink.options.ts';

/** The parameters of a ledger. */
export interface DuckdbLedgerOptions {
  readonly ledgerTable: string;
  /** The least number of remembered batches of an output operation. */
  readonly ledgerBatches: number;
  readonly schema: string;
  /** The table of the rows. */
  readonly target: string;
}

/** The search for old rows takes time proportional to the ledger, so one search covers this share of the ledger. */
const FORGETTING_SHARE = 16;
const WRITES_BETWEEN_FORGETTING_MIN = 64;
const OF_OUTPUT = 'target = $1 AND application = $2 AND output_operation = $3';

/** The ledger of one table. */
export class DuckdbLedger {
  readonly #options: DuckdbLedgerOptions;
  readonly #written: string;
  readonly #forgotten: string;
  /** Writes of each output operation since the last search for old rows; the program bounds the number of operations. */
  readonly #writesSince = new Map<string, number>();
  /** The newest committed write of this sink. */
  #committed: SinkWrite | undefined;

  private constructor(options: DuckdbLedgerOptions) {
    this.#options = options;
    const [written, forgotten] = ledgerNames(options.ledgerTable);
    this.#written = qualified(options.schema, written);
    this.#forgotten = qualified(options.schema, forgotten);
  }

  /** Makes the missing tables, inside a transaction. */
  static async open(session: DuckdbSession, options: DuckdbLedgerOptions): Promise<DuckdbLedger> {
    const ledger = new DuckdbLedger(options);
    const output = 'target VARCHAR NOT NULL, application VARCHAR NOT NULL, output_operation INTEGER NOT NULL';
    await session.run(`CREATE TABLE IF NOT EXISTS ${ledger.#written} (${output}, batch_time BIGINT NOT NULL,
      "partition" INTEGER NOT NULL, partitions INTEGER NOT NULL, row_count BIGINT NOT NULL,
      PRIMARY KEY (target, application, output_operation, batch_time, "partition"))`);
    await session.run(`CREATE TABLE IF NOT EXISTS ${ledger.#forgotten} (${output}, batch_time BIGINT NOT NULL,
      PRIMARY KEY (target, application, output_operation))`);
    // Refuses tables of another form.
    await session.rows(`SELECT row_count, partitions, "partition" FROM ${ledger.#written} LIMIT 0`);
    return ledger;
  }

  /**
   * True when this partition was written before.
   *
   * @throws `MR_SINK_DUCKDB_FORGOTTEN`, `MR_SINK_DUCKDB_REPLACED`, `MR_SINK_REPARTITIONED`
   */
  async isWritten(session: DuckdbSession, write: SinkWrite): Promise<boolean> {
    const { batchTime, partition, partitions } = write;
    const last = this.#committed ?? write;
    const [row = {}] = await session.rows(
      `SELECT
        (SELECT max(partitions) FROM ${this.#written} WHERE ${OF_OUTPUT} AND batch_time = $4) AS partitions,
        EXISTS (SELECT 1 FROM ${this.#written} WHERE ${OF_OUTPUT} AND batch_time = $4 AND "partition" = $5) AS is_written,
        (SELECT batch_time FROM ${this.#forgotten} WHERE ${OF_OUTPUT}) AS forgotten,
        EXISTS (SELECT 1 FROM ${this.#written} WHERE target = $1 AND application = $6 AND output_operation = $7
          AND batch_time = $8 AND "partition" = $9)
        OR EXISTS (SELECT 1 FROM ${this.#forgotten} WHERE target = $1 AND application = $6 AND output_operation = $7
          AND batch_time >= $8) AS is_kept`,
      [
        ...this.#outputOf(write),
        batchTime,
        partition,
        ...this.#outputOf(last).slice(1),
        last.batchTime,
        last.partition,
      ],
    );
    if (this.#committed !== undefined && row['is_kept'] !== true) throw replaced(session, last);
    const before = row['partitions'];
    if (before === null) {
      const { forgotten } = row;
      if (forgotten !== null && batchTime <= Number(forgotten)) throw tooOld(write, Number(forgotten));
      return false;
    }
    if (Number(before) !== partitions) throw repartitioned(write, Number(before));
    return row['is_written'] === true;
  }

  /** Adds a partition inside its transaction, and drops old rows from time to time. */
  async add(session: DuckdbSession, write: SinkWrite, rowCount: number): Promise<void> {
    const output = this.#outputOf(write);
    const { batchTime, partition, partitions } = write;
    await session.run(`INSERT INTO ${this.#written} VALUES ($1, $2, $3, $4, $5, $6, $7)`, [
      ...output,
      batchTime,
      partition,
      partitions,
      rowCount,
    ]);
    const name = JSON.stringify(output);
    const writesSince = this.#writesSince.get(name);
    const isDue = writesSince === undefined || writesSince >= this.#writesBetweenForgetting();
    this.#writesSince.set(name, isDue ? 1 : writesSince + 1);
    if (isDue) await this.#forget(session, output);
  }

  /** The transaction of this write was committed. */
  committed(write: SinkWrite): void {
    this.#committed = write;
  }

  async #forget(session: DuckdbSession, output: readonly [string, string, number]): Promise<void> {
    const [found] = await session.rows(
      `SELECT DISTINCT batch_time FROM ${this.#written} WHERE ${OF_OUTPUT} ORDER BY batch_time DESC LIMIT 1 OFFSET $4`,
      [...output, this.#options.ledgerBatches],
    );
    if (found === undefined) return;
    const newest = Number(found['batch_time']);
    await session.run(`INSERT OR REPLACE INTO ${this.#forgotten} VALUES ($1, $2, $3, $4)`, [
      ...output,
      newest,
    ]);
    await session.run(`DELETE FROM ${this.#written} WHERE ${OF_OUTPUT} AND batch_time <= $4`, [
      ...output,
      newest,
    ]);
  }

  #writesBetweenForgetting(): number {
    const share = Math.floor(this.#options.ledgerBatches / FORGETTING_SHARE);
    return Math.max(WRITES_BETWEEN_FORGETTING_MIN, share);
  }

  #outputOf({ application, outputOperation }: SinkWrite): readonly [string, string, number] {
    return [this.#options.target, application, outputOperation];
  }
}

function replaced({ path }: DuckdbSession, last: SinkWrite): Error {
  const message = `expected ${batchId(last)}, which this sink has written, in the ledger of ${path}; an older copy was put in the place of the file, or rows of the ledger were removed; decide about the lost rows, then start again`;
  return duckdbSinkError('MR_SINK_DUCKDB_REPLACED', message, { details: { ...last, file: path } });
}

function tooOld(write: SinkWrite, forgotten: number): Error {
  const message = `expected a batch after ${forgotten}, the newest batch dropped from the ledger, got ${batchId(write)}; raise ledgerBatches, or choose another name for an application that starts over`;
  return duckdbSinkError('MR_SINK_DUCKDB_FORGOTTEN', message, { details: { ...write, forgotten } });
}

function repartitioned(write: SinkWrite, before: number): Error {
  const message = `expected ${batchId(write)} out of ${before} partitions, as in the first run, got ${write.partitions}; run the batch with the first number`;
  return coreError('MR_SINK_REPARTITIONED', message, { details: { ...write, before } });
}
