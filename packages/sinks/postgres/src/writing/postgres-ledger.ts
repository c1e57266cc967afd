// The sink's record of its writes, in the database itself: one row for every partition of every output operation of every batch,
// added in the same transaction as the records. Either both exist or neither, and a repeated write is recognised. The row comes
// first: a second writer of the same partition waits there until the first one has ended.
//
// The ledger would grow without limit, so of each output operation all but the newest batches are dropped, and the ledger stores
// the newest dropped batch. An older batch is refused: an earlier write of such a batch is unknown, and guessing would lose or
// duplicate records.
import { createHash } from 'node:crypto';
import { qualified } from '@millrace/connection-postgres';
import { batchId, coreError, type SinkWrite } from '@millrace/core';
import type { Session } from '../connection/session.ts';
import { ledgerNames } from '../postgres-sink.options.ts';
import { postgresSinkError } from '../postgres-sink-errors.ts';
import { ledgerStatements } from './ledger-statements.ts';

/** The parameters of a ledger. */
export interface PostgresLedgerOptions {
  readonly ledgerTable: string;
  /** The least number of remembered batches of an output operation. */
  readonly ledgerBatches: number;
  /** The schema of the ledger. */
  readonly schema: string;
  /** The table of the rows, with its schema. */
  readonly target: string;
}

/** The search for old rows takes time proportional to the ledger, so one search covers this share of the ledger. */
const FORGETTING_SHARE = 16;
const WRITES_BETWEEN_FORGETTING_MIN = 64;

/** The ledger of one table. All its methods but `committed` are for use inside a transaction. */
export class PostgresLedger {
  readonly #options: PostgresLedgerOptions;
  readonly #statements: ReturnType<typeof ledgerStatements>;
  /**
   * Writes of each output operation since the last search for old rows; the program bounds the number of output
   * operations.
   */
  readonly #writesSince = new Map<string, number>();
  /** The newest committed write of this sink. */
  #committed: SinkWrite | undefined;

  private constructor(options: PostgresLedgerOptions) {
    this.#options = options;
    this.#statements = ledgerStatements(options);
  }

  /** Makes the missing tables. */
  static async open(session: Session, options: PostgresLedgerOptions): Promise<PostgresLedger> {
    const ledger = new PostgresLedger(options);
    for (const [index, name] of ledgerNames(options.ledgerTable).entries()) {
      const sql = qualified(options.schema, name);
      const { rows } = await session.query('SELECT to_regclass($1) IS NULL AS is_missing', [sql]);
      if (rows[0]?.['is_missing'] === true) await session.query(ledger.#statements.create[index] ?? '');
    }
    return ledger;
  }

  /**
   * The statement at the beginning of the transaction of a write: marks the batch, with its number of partitions, as being
   * written.
   */
  mark(write: SinkWrite): string {
    return `SELECT pg_advisory_xact_lock_shared(${this.#markOf(write)}, ${write.partitions})`;
  }

  /**
   * Adds a write. False when the partition was written before.
   *
   * @throws `MR_SINK_POSTGRES_FORGOTTEN`, `_BUSY`, `_ROLLED_BACK`, `MR_SINK_REPARTITIONED`
   */
  async add(session: Session, write: SinkWrite, rowCount: number): Promise<boolean> {
    const key = this.#keyOf(write);
    const { batchTime, partition, partitions } = write;
    const added = await session.query(this.#statements.add, [
      ...key,
      batchTime,
      partition,
      partitions,
      rowCount,
    ]);
    const last = this.#committed;
    const { rows } = await session.query(this.#statements.look, [
      ...key,
      batchTime,
      partitions,
      this.#markOf(write) >>> 0,
      ...(last === undefined
        ? [null, null, null, null]
        : [...this.#keyOf(last).slice(1), last.batchTime, last.partition]),
    ]);
    const [row = {}] = rows;
    if (row['other_partitions'] !== null) throw repartitioned(write, Number(row['other_partitions']));
    if (last !== undefined && row['is_kept'] !== true) throw rolledBack(last);
    if (added.rowCount === 0) return false;
    const forgotten = row['forgotten'];
    if (forgotten !== null && batchTime <= Number(forgotten)) throw tooOld(write, Number(forgotten));
    if (row['is_contested'] === true) throw contested(write);
    return true;
  }

  /** Corrects the number of rows of an added write. */
  async count(session: Session, write: SinkWrite, rowCount: number): Promise<void> {
    const { batchTime, partition } = write;
    await session.query(this.#statements.count, [...this.#keyOf(write), batchTime, partition, rowCount]);
  }

  /** Drops old rows from time to time. */
  async forgetOld(session: Session, write: SinkWrite): Promise<void> {
    const output = JSON.stringify([write.application, write.outputOperation]);
    const writesSince = this.#writesSince.get(output);
    const isDue = writesSince === undefined || writesSince >= this.#writesBetweenForgetting();
    this.#writesSince.set(output, isDue ? 1 : writesSince + 1);
    if (!isDue) return;
    const key = this.#keyOf(write);
    const found = await session.query(this.#statements.newestToForget, [...key, this.#options.ledgerBatches]);
    const newest = found.rows[0]?.['batch_time'];
    if (newest === undefined) return;
    await session.query(this.#statements.remember, [...key, newest]);
    await session.query(this.#statements.forget, [...key, newest]);
  }

  /** The transaction of this write was committed. */
  committed(write: SinkWrite): void {
    this.#committed = write;
  }

  #writesBetweenForgetting(): number {
    return Math.max(
      WRITES_BETWEEN_FORGETTING_MIN,
      Math.floor(this.#options.ledgerBatches / FORGETTING_SHARE),
    );
  }

  #keyOf({ application, outputOperation }: SinkWrite): readonly [string, string, number] {
    return [this.#options.target, application, outputOperation];
  }

  /** A number of 32 bits for a batch of an output operation. Two batches with one number only cost a repetition. */
  #markOf(write: SinkWrite): number {
    const batch = JSON.stringify([...this.#keyOf(write), write.batchTime]);
    return createHash('sha256').update(batch).digest().readInt32BE(0);
  }
}

function repartitioned(write: SinkWrite, before: number): Error {
  const message = `expected ${batchId(write)} out of ${before} partitions, as in the first run, got ${write.partitions}; run the batch with the first number`;
  return coreError('MR_SINK_REPARTITIONED', message, { details: { ...write, before } });
}

function rolledBack(last: SinkWrite): Error {
  const message = `expected ${batchId(last)}, which this sink has written, in the ledger; a standby without the write took over, a backup was restored, or rows of the ledger were removed; decide about the lost rows, then start again`;
  return postgresSinkError('MR_SINK_POSTGRES_ROLLED_BACK', message, { details: { ...last } });
}

function tooOld(write: SinkWrite, forgotten: number): Error {
  const message = `expected a batch after ${forgotten}, the newest batch dropped from the ledger, got ${batchId(write)}; raise ledgerBatches, or choose another name for an application that starts over`;
  return postgresSinkError('MR_SINK_POSTGRES_FORGOTTEN', message, { details: { ...write, forgotten } });
}

function contested(write: SinkWrite): Error {
  const message = `expected no other writer of ${batchId(write)} with another number of partitions than ${write.partitions}; the write is tried again`;
  return postgresSinkError('MR_SINK_POSTGRES_BUSY', message, { details: { ...write } });
}
