// The sink itself: the rows of a partition in inserts with tokens, between two rows of the ledger.
import { coreError, type Sink, type SinkCapabilities, type SinkWrite } from '@millrace/core';
import type { ClickhouseSinkOptions } from './clickhouse-sink.options.ts';
import { clickhouseFailure } from './connection/clickhouse-failure.ts';
import { ClickhouseServer } from './connection/clickhouse-server.ts';
import { placeOf } from './connection/connection-options.ts';
import type { ClickhouseRow } from './rows/row-text.ts';
import { ClickhouseLedger } from './writing/clickhouse-ledger.ts';
import { writePartition } from './writing/write-partition.ts';
import { openTable, type ClickhouseTable } from './writing/rows-table.ts';

interface OpenTable {
  readonly server: ClickhouseServer;
  readonly table: ClickhouseTable;
  readonly ledger: ClickhouseLedger;
}

/** Writes partitions as rows of one table. */
export class ClickhouseTableSink<T> implements Sink<T> {
  readonly name = 'clickhouse';
  readonly capabilities: SinkCapabilities;
  readonly #options: ClickhouseSinkOptions;
  readonly #row: ((record: T) => ClickhouseRow) | undefined;
  #open: OpenTable | undefined;
  #isClosed = false;

  constructor(options: ClickhouseSinkOptions, row: ((record: T) => ClickhouseRow) | undefined) {
    this.#options = options;
    this.#row = row;
    this.capabilities = Object.freeze({ delivery: options.delivery });
  }

  /**
   * Connects, looks at the table, and makes the missing ledger and, on request, the missing table.
   *
   * @throws `MR_SINK_NOT_OPEN` after `close`, `MR_SINK_CLICKHOUSE_UNREACHABLE`, `_DENIED`, `_TLS_UNUSABLE`, `_SCHEMA`,
   *   `_NO_WINDOW`
   */
  async open(): Promise<void> {
    if (this.#isClosed) throw this.#notOpen();
    if (this.#open !== undefined) return;
    const server = await ClickhouseServer.create(this.#options);
    try {
      const table = await openTable(server, this.#options);
      const ledger = await ClickhouseLedger.open(server, this.#options, table);
      this.#open = { server, table, ledger };
    } catch (error) {
      await server.close();
      throw this.#failure(error, `open table ${JSON.stringify(this.#options.table)}`);
    }
  }

  /**
   * Writes one partition, unless the ledger contains the partition.
   *
   * @throws `MR_SINK_NOT_OPEN`, `MR_SINK_UNSUPPORTED_RECORD`, `MR_SINK_REPARTITIONED`, `MR_SINK_CLICKHOUSE_…`
   */
  async write(records: Iterable<T>, write: SinkWrite): Promise<void> {
    if (this.#open === undefined) throw this.#notOpen();
    const failure = (error: unknown, what: string): Error => this.#failure(error, what, { ...write });
    await writePartition(records, { ...this.#open, options: this.#options, row: this.#row, write, failure });
  }

  /** Closes every connection. May be repeated. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const open = this.#open;
    this.#open = undefined;
    await open?.server.close();
  }

  #failure(error: unknown, what: string, details: Readonly<Record<string, unknown>> = {}): Error {
    return clickhouseFailure(error, { what, options: this.#options, details });
  }

  #notOpen(): Error {
    const place = placeOf(this.#options);
    const message = `expected the sink of ${place} to be open; open the sink once before the first write, and make another after close`;
    return coreError('MR_SINK_NOT_OPEN', message, { details: { sink: this.name, place } });
  }
}
