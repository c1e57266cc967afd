// The sink's record of its writes, in the database itself: one row for every partition of every output operation of
// every batch, added in the same transaction as the records. Either both exist or neither, and a repeated write is
// recognised.
//
// The ledger would grow without limit, so of each output operation all but the newest batches are dropped, and the
// ledger stores the newest dropped batch. An older batch is refused: an earlier write of such a batch is unknown, and
// guessing would lose or duplicate records.
import { batchId, type SinkWrite } from '@millrace/core';
import { coreError } from '@millrace/core';
import type { SqliteConnection } from './sqlite-connection.ts';
import { quoteIdentifier } from './quote-identifier.ts';
import { sqliteSinkError } from './sqlite-sink-errors.ts';
import { ledgerNames } from './sqlite-sink.options.ts';

/** The parameters of a ledger. */
export interface LedgerOptions {
  readonly ledgerTable: string;
  /** The least number of remembered batches of an output operation. */
  readonly ledgerBatches: number;
  /** The table of the rows, under its name in the database. */
  readonly target: string;
}

/** The search for old rows takes time proportional to the ledger, so one search covers this share of the ledger. */
const FORGETTING_SHARE = 16;
const WRITES_BETWEEN_FORGETTING_MIN = 64;

/** Makes the missing tables of a ledger. */
export function createLedger(connection: SqliteConnection, ledgerTable: string): void {
  const [written, forgotten] = ledgerNames(ledgerTable).map(quoteIdentifier);
  const key = 'target TEXT NOT NULL, application TEXT NOT NULL, output_operation INTEGER NOT NULL';
  connection.exec(`CREATE TABLE IF NOT EXISTS ${written} (${key}, batch_time INTEGER NOT NULL,
    "partition" INTEGER NOT NULL, partitions INTEGER NOT NULL, row_count INTEGER NOT NULL,
    PRIMARY KEY (target, application, output_operation, batch_time, "partition")) STRICT, WITHOUT ROWID`);
  connection.exec(`CREATE TABLE IF NOT EXISTS ${forgotten} (${key}, batch_time INTEGER NOT NULL,
    PRIMARY KEY (target, application, output_operation)) STRICT, WITHOUT ROWID`);
}

/** The ledger of one table. All its methods are for use inside a transaction. */
export class Ledger {
  readonly #options: LedgerOptions;
  readonly #statements: ReturnType<typeof prepareStatements>;
  /**
   * Writes of each output operation since the last search for old rows; the program bounds the number of output
   * operations.
   */
  readonly #writesSince = new Map<string, number>();

  readonly #file: string;
  /** The newest committed write of this sink. */
  #committed: SinkWrite | undefined;

  constructor(connection: SqliteConnection, options: LedgerOptions) {
    this.#options = options;
    this.#file = connection.file;
    this.#statements = prepareStatements(connection, options.ledgerTable);
  }

  /**
   * True when this partition was written before.
   *
   * @throws `MR_SINK_SQLITE_FORGOTTEN`, `MR_SINK_REPARTITIONED`
   */
  isWritten(write: SinkWrite): boolean {
    const { batchTime, partition, partitions } = write;
    // bounded: the columns of a key
    const found = this.#statements.find.get(partition, ...this.#keyOf(write), batchTime);
    const before = found?.['partitions'];
    if (typeof before !== 'number') {
      this.#refuseForgotten(write);
      return false;
    }
    if (before !== partitions) throw repartitioned(write, before);
    return found?.['written'] === 1;
  }

  /** The transaction of this write was committed. */
  committed(write: SinkWrite): void {
    this.#committed = write;
  }

  /**
   * Checks that the database contains the last write of this sink. An older copy that was written over the file in
   * place has the same name and the same inode.
   *
   * @throws `MR_SINK_SQLITE_REPLACED`.
   */
  assertKept(): void {
    const last = this.#committed;
    if (last === undefined) return;
    // bounded: the columns of a key
    const found = this.#statements.find.get(last.partition, ...this.#keyOf(last), last.batchTime);
    if (found?.['written'] === 1 || this.#isForgotten(last)) return;
    const message = `expected ${batchId(last)}, which this sink has written, in the ledger of ${this.#file}; an older copy was put over the file, or rows of the ledger were removed; decide about the lost rows, then start again`;
    throw sqliteSinkError('MR_SINK_SQLITE_REPLACED', message, { details: { ...last, path: this.#file } });
  }

  /** Adds a partition, and drops old rows from time to time. */
  add(write: SinkWrite, rowCount: number): void {
    const { batchTime, partition, partitions } = write;
    // bounded: the columns of a key
    this.#statements.add.run(...this.#keyOf(write), batchTime, partition, partitions, rowCount);
    const output = JSON.stringify([write.application, write.outputOperation]);
    const writesSince = this.#writesSince.get(output);
    const isDue = writesSince === undefined || writesSince >= this.#writesBetweenForgetting();
    if (isDue) this.#forget(write);
    this.#writesSince.set(output, isDue ? 1 : writesSince + 1);
  }

  #forget(write: SinkWrite): void {
    const key = this.#keyOf(write);
    // bounded: the columns of a key
    const newest = this.#statements.newestToForget.get(...key, this.#options.ledgerBatches)?.['batch_time'];
    if (typeof newest !== 'number') return;
    // bounded: the columns of a key
    this.#statements.remember.run(...key, newest);
    // bounded: the columns of a key
    this.#statements.forget.run(...key, newest);
  }

  #isForgotten(write: SinkWrite): boolean {
    const forgotten = this.#forgottenUpTo(write);
    return forgotten !== undefined && write.batchTime <= forgotten;
  }

  /** The newest dropped batch of an output operation. */
  #forgottenUpTo(write: SinkWrite): number | undefined {
    // bounded: the columns of a key
    const forgotten = this.#statements.forgotten.get(...this.#keyOf(write))?.['batch_time'];
    return typeof forgotten === 'number' ? forgotten : undefined;
  }

  #refuseForgotten(write: SinkWrite): void {
    const forgotten = this.#forgottenUpTo(write);
    if (forgotten === undefined || write.batchTime > forgotten) return;
    const message = `expected a batch after ${forgotten}, the newest batch dropped from the ledger, got ${batchId(write)}; raise ledgerBatches, or choose another name for an application that starts over`;
    throw sqliteSinkError('MR_SINK_SQLITE_FORGOTTEN', message, { details: { ...write, forgotten } });
  }

  #writesBetweenForgetting(): number {
    return Math.max(
      WRITES_BETWEEN_FORGETTING_MIN,
      Math.floor(this.#options.ledgerBatches / FORGETTING_SHARE),
    );
  }

  #keyOf({ application, outputOperation }: SinkWrite): [string, string, number] {
    return [this.#options.target, application, outputOperation];
  }
}

function prepareStatements(connection: SqliteConnection, ledgerTable: string) {
  const [written, forgotten] = ledgerNames(ledgerTable).map(quoteIdentifier);
  const ofOutput = 'target = ? AND application = ? AND output_operation = ?';
  const prepare = (sql: string) => connection.prepare(sql);
  return {
    find: prepare(
      `SELECT max("partition" = ?) AS written, max(partitions) AS partitions FROM ${written} WHERE ${ofOutput} AND batch_time = ?`,
    ),
    add: prepare(
      `INSERT INTO ${written} (target, application, output_operation, batch_time, "partition", partitions, row_count) VALUES (?, ?, ?, ?, ?, ?, ?)`,
    ),
    newestToForget: prepare(
      `SELECT DISTINCT batch_time FROM ${written} WHERE ${ofOutput} ORDER BY batch_time DESC LIMIT 1 OFFSET ?`,
    ),
    forget: prepare(`DELETE FROM ${written} WHERE ${ofOutput} AND batch_time <= ?`),
    forgotten: prepare(`SELECT batch_time FROM ${forgotten} WHERE ${ofOutput}`),
    remember: prepare(
      `INSERT OR REPLACE INTO ${forgotten} (target, application, output_operation, batch_time) VALUES (?, ?, ?, ?)`,
    ),
  };
}

function repartitioned(write: SinkWrite, before: number): Error {
  const message = `expected ${batchId(write)} out of ${before} partitions, as in the first run, got ${write.partitions}; run the batch with the first number`;
  return coreError('MR_SINK_REPARTITIONED', message, { details: { ...write, before } });
}
