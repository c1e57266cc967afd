// The sink's record of its writes, in a table beside the rows. ClickHouse has no transactions over two tables, so the rows are
// protected twice:
//
//   begin of a batch   a row with the number of partitions and the bounds of an insert; its token lets one writer win
//   each insert        a token of identity and number of the insert: the table drops a repetition
//   end of a partition a row: a later repetition inserts nothing, also when the table has forgotten the tokens
import { createHash } from 'node:crypto';
import { batchId, coreError, type SinkWrite } from '@millrace/core';
import type { ClickhouseSinkOptions } from '../clickhouse-sink.options.ts';
import { clickhouseSinkError } from '../clickhouse-sink-errors.ts';
import type { ClickhouseServer } from '../connection/clickhouse-server.ts';
import { addressOf } from '../connection/connection-options.ts';
import { quotedName, quotedText } from '../connection/sql-text.ts';
import type { ClickhouseTable } from './rows-table.ts';

/** The division of a batch into inserts: the same for every run, so that tokens belong to the same rows. */
export interface BatchDivision {
  readonly partitions: number;
  readonly maxRecords: number;
  readonly maxBytes: number;
}

/** The state of a partition. */
export interface PartitionState {
  /** Undefined: no partition with records of this output operation of this batch has begun. */
  readonly division: BatchDivision | undefined;
  /** True when all rows are in the table. */
  readonly isWritten: boolean;
}

/** The row of the batch itself. */
const BATCH = -1;
const TOKENS_MIN = 10_000;

/** The ledger of one table. */
export class ClickhouseLedger {
  readonly #server: ClickhouseServer;
  readonly #sql: string;
  readonly #target: string;

  private constructor(server: ClickhouseServer, sql: string, target: string) {
    this.#server = server;
    this.#sql = sql;
    this.#target = target;
  }

  /** Makes the missing table. */
  static async open(
    server: ClickhouseServer,
    options: ClickhouseSinkOptions,
    { sql: target, isReplicated }: ClickhouseTable,
  ): Promise<ClickhouseLedger> {
    const { database } = addressOf(options);
    const sql = `${quotedName(database)}.${quotedName(options.ledgerTable)}`;
    const [engine, setting] = isReplicated
      ? ['ReplicatedMergeTree', 'replicated_deduplication_window']
      : ['MergeTree', 'non_replicated_deduplication_window'];
    const [found] = await server.rows(
      `SELECT engine FROM system.tables WHERE database = ${quotedText(database)} AND name = ${quotedText(options.ledgerTable)}`,
    );
    if (found === undefined)
      await server.run(`CREATE TABLE IF NOT EXISTS ${sql} (
        target String, application String, output_operation UInt32, batch_time Int64, partition Int32,
        partitions UInt32, max_rows UInt32, max_bytes UInt32, row_count UInt64, written_at DateTime DEFAULT now()
      ) ENGINE = ${engine} ORDER BY (target, application, output_operation, batch_time, partition)
      TTL written_at + INTERVAL ${options.ledgerDays} DAY SETTINGS ${setting} = ${TOKENS_MIN}`);
    return new ClickhouseLedger(server, sql, target);
  }

  /** The state of a partition. @throws `MR_SINK_REPARTITIONED` */
  async look(write: SinkWrite): Promise<PartitionState> {
    const { application, outputOperation, batchTime, partition, partitions } = write;
    const rows = await this.#server.rows(
      `SELECT partition, partitions, max_rows, max_bytes FROM ${this.#sql}
      WHERE target = ${quotedText(this.#target)} AND application = ${quotedText(application.toWellFormed())}
      AND output_operation = ${outputOperation} AND batch_time = ${batchTime} AND partition IN (${BATCH}, ${partition})`,
    );
    const batch = rows.find((row) => row['partition'] === BATCH);
    const isWritten = rows.some((row) => row['partition'] === partition);
    if (batch === undefined) return { division: undefined, isWritten };
    const division = {
      partitions: Number(batch['partitions']),
      maxRecords: Number(batch['max_rows']),
      maxBytes: Number(batch['max_bytes']),
    };
    if (division.partitions !== partitions) throw repartitioned(write, division.partitions);
    return { division, isWritten };
  }

  /**
   * Begins a batch, unless another sink was first.
   *
   * @throws `MR_SINK_REPARTITIONED`, `MR_SINK_CLICKHOUSE_FORGOTTEN`, and `_BUSY` when the first sink divides the batch otherwise.
   */
  async begin(write: SinkWrite, division: BatchDivision): Promise<void> {
    await this.#add({ ...write, partition: BATCH }, division, 0);
    const { division: first } = await this.look(write);
    if (first === undefined) throw forgotten(write);
    if (first.maxRecords !== division.maxRecords || first.maxBytes !== division.maxBytes)
      throw contested(write);
  }

  /** All rows of a partition are in the table. */
  async end(write: SinkWrite, division: BatchDivision, rowCount: number): Promise<void> {
    await this.#add(write, division, rowCount);
  }

  /** The token of an insert of a write. */
  token(write: SinkWrite, insert: number | 'ledger'): string {
    const { application, outputOperation, batchTime, partition } = write;
    const identity = JSON.stringify([
      this.#target,
      application,
      batchTime,
      outputOperation,
      partition,
      insert,
    ]);
    return createHash('sha256').update(identity).digest('hex');
  }

  async #add(write: SinkWrite, division: BatchDivision, rowCount: number): Promise<void> {
    const row = {
      target: this.#target,
      application: write.application.toWellFormed(),
      output_operation: write.outputOperation,
      batch_time: write.batchTime,
      partition: write.partition,
      partitions: division.partitions,
      max_rows: division.maxRecords,
      max_bytes: division.maxBytes,
      row_count: rowCount,
    };
    await this.#server.insert({
      into: `INSERT INTO ${this.#sql} (${Object.keys(row).join(', ')})`,
      lines: `${JSON.stringify(row)}\n`,
      token: this.token(write, 'ledger'),
    });
  }
}

function repartitioned(write: SinkWrite, before: number): Error {
  const message = `expected ${batchId(write)} out of ${before} partitions, as in the first run, got ${write.partitions}; run the batch with the first number`;
  return coreError('MR_SINK_REPARTITIONED', message, { details: { ...write, before } });
}

function forgotten(write: SinkWrite): Error {
  const message = `expected the ledger to have ${batchId(write)}, which the server has seen before; raise ledgerDays, or choose another name for an application that starts over`;
  return clickhouseSinkError('MR_SINK_CLICKHOUSE_FORGOTTEN', message, { details: { ...write } });
}

function contested(write: SinkWrite): Error {
  const message = `expected no other sink to begin ${batchId(write)} with other bounds of an insert; the write is tried again with the bounds of the other sink`;
  return clickhouseSinkError('MR_SINK_CLICKHOUSE_BUSY', message, { details: { ...write } });
}
