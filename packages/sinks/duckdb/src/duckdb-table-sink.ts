// The sink itself: the records of a partition and a row of the ledger in one transaction. The rows are staged in a temporary table
// first:
//
//   records ──► stage ──┐
//                       ├──one transaction──► table
//   ledger: new? ───────┘                └──► ledger
import { coreError, isMillraceError, type Sink, type SinkCapabilities, type SinkWrite } from '@millrace/core';
import { duckdbFailure, isOfRecord } from './database/duckdb-failure.ts';
import { loadDuckdb } from './database/duckdb-module.ts';
import type { DuckdbSession } from './database/duckdb-session.ts';
import { SharedDatabase } from './database/shared-database.ts';
import type { DuckdbSinkOptions } from './duckdb-sink.options.ts';
import { recordRows, type DuckdbRowFunctions } from './rows/record-rows.ts';
import { DuckdbAppendedRows } from './table/duckdb-appended-rows.ts';
import { DuckdbKeyedRows } from './table/duckdb-keyed-rows.ts';
import { openTable, type DuckdbTable } from './table/duckdb-table.ts';
import { DuckdbStage } from './table/duckdb-stage.ts';
import type { DuckdbTableWriter } from './table/duckdb-table-writer.ts';
import { DuckdbLedger } from './writing/duckdb-ledger.ts';
import { failingRecord } from './writing/failing-record.ts';

interface OpenTable {
  readonly database: SharedDatabase;
  readonly ledger: DuckdbLedger;
  readonly table: DuckdbTable;
  readonly stage: DuckdbStage;
  readonly writer: DuckdbTableWriter;
}

/** Writes partitions as rows of one table. */
export class DuckdbTableSink<T> implements Sink<T> {
  readonly name = 'duckdb';
  readonly capabilities: SinkCapabilities = Object.freeze({
    delivery: 'effectively-once',
    reach: 'host',
  });
  readonly #options: DuckdbSinkOptions;
  readonly #functions: DuckdbRowFunctions<T>;
  readonly #load: typeof loadDuckdb;
  #open: OpenTable | undefined;
  #isClosed = false;

  /** @param load For tests. */
  constructor(options: DuckdbSinkOptions, functions: DuckdbRowFunctions<T>, load = loadDuckdb) {
    this.#options = options;
    this.#functions = functions;
    this.#load = load;
  }

  /**
   * Opens the database, and makes the missing ledger and, on request, the missing table.
   *
   * @throws `MR_SINK_NOT_OPEN` after `close`, `MR_SINK_DUCKDB_UNAVAILABLE`, `_THREAD`, `_LOCKED`, `_DENIED`, `_DAMAGED`, `_SCHEMA`
   */
  async open(): Promise<void> {
    if (this.#isClosed) throw this.#notOpen();
    if (this.#open !== undefined) return;
    const database = SharedDatabase.join(await this.#load(), this.#options);
    try {
      const parts = await database.use((session) => session.transaction(() => this.#openTable(session)));
      this.#open = { database, ...parts };
    } catch (error) {
      await database.leave();
      throw error;
    }
  }

  /**
   * Writes one partition in one transaction, unless the ledger contains the partition.
   *
   * @throws `MR_SINK_NOT_OPEN`, `MR_SINK_UNSUPPORTED_RECORD`, `MR_SINK_DUCKDB_…`; nothing is written then.
   */
  async write(records: Iterable<T>, write: SinkWrite): Promise<void> {
    const open = this.#open;
    if (open === undefined) throw this.#notOpen();
    await open.database.use(async (session) => {
      if (await open.ledger.isWritten(session, write)) return;
      const rows = recordRows(records, open.table.columns, { ...this.#functions, write });
      try {
        const count = await open.stage.fill(session, rows);
        await this.#writeStaged(session, open, { write, count });
      } finally {
        if (!session.isBroken) await emptied(session, open);
      }
    });
  }

  /** Leaves the database; the last sink of a file closes the file. May be repeated. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const open = this.#open;
    this.#open = undefined;
    await open?.database.leave();
  }

  async #openTable(session: DuckdbSession): Promise<Omit<OpenTable, 'database'>> {
    const { ledgerTable, ledgerBatches } = this.#options;
    const table = await openTable(session, this.#options);
    const { schema, target, columns } = table;
    const ledger = await DuckdbLedger.open(session, { ledgerTable, ledgerBatches, schema, target });
    const stage = new DuckdbStage(columns);
    const writer = columns.some(({ isKey }) => isKey)
      ? await DuckdbKeyedRows.open(session, table, { stage, ledgerTable })
      : new DuckdbAppendedRows(table, stage);
    return { table, ledger, stage, writer };
  }

  async #writeStaged(
    session: DuckdbSession,
    { ledger, writer }: OpenTable,
    { write, count }: { readonly write: SinkWrite; readonly count: number },
  ): Promise<void> {
    try {
      await session.transaction(async () => {
        await ledger.add(session, write, count);
        await writer.put(session, write, count);
      });
    } catch (error) {
      if (!isOfRecord(error) || session.isBroken) throw error;
      const index = await failingRecord(session, { writer, write, count });
      throw index === undefined ? error : this.#ofRecord(error, write, index);
    }
    ledger.committed(write);
  }

  #ofRecord(error: unknown, write: SinkWrite, index: number): Error {
    const { file, table } = this.#options;
    const name = `write record ${index} of partition ${write.partition} to table ${JSON.stringify(table)} of`;
    const cause = isMillraceError(error) ? error.cause : error;
    return duckdbFailure({ name, file, details: { ...write, index } }, cause);
  }

  #notOpen(): Error {
    const { file } = this.#options;
    const message = `expected the sink of ${file} to be open; open the sink once before the first write, and make another after close`;
    return coreError('MR_SINK_NOT_OPEN', message, { details: { sink: this.name, file } });
  }
}

/** Frees the memory of staged rows. */
async function emptied(session: DuckdbSession, { stage, writer }: OpenTable): Promise<void> {
  try {
    await stage.empty(session);
    await writer.empty(session);
  } catch {
    // The next partition replaces the tables; the result of the write matters more.
  }
}
