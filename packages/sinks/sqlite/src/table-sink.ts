// The sink itself: the records of a partition and a row of the ledger in one transaction. SQLite works in the calling
// thread, so a partition is written completely before any other code runs in the thread, and concurrent writes of
// partitions are executed one after the other.
import { messageOf, type Sink, type SinkCapabilities, type SinkWrite } from '@millrace/core';
import { coreError } from '@millrace/core';
import { SqliteConnection } from './sqlite-connection.ts';
import { createLedger, Ledger } from './ledger.ts';
import { type BoundValue, type RowColumn, rowValues, type SqliteRow, UnsupportedRow } from './row-values.ts';
import { sqliteFailure } from './sqlite-failure.ts';
import { loadSqlite } from './sqlite-module.ts';
import type { SqliteSinkOptions } from './sqlite-sink.options.ts';
import { type TargetTable } from './target-table.ts';
import { openTable } from './open-table.ts';

/** Collaborators of a sink. */
export interface TableSinkDeps<T> {
  readonly options: SqliteSinkOptions;
  /** Converts a record to a row; by default the record is the row. */
  readonly row: ((record: T) => SqliteRow) | undefined;
  /** True when a record removes the row with its key; by default no record removes a row. */
  readonly remove?: ((record: T) => boolean) | undefined;
  /** The source of SQLite. */
  readonly load?: typeof loadSqlite;
}

interface RecordPlace {
  /** From 0, in the partition. */
  readonly index: number;
  readonly write: SinkWrite;
}

interface OpenDatabase {
  readonly connection: SqliteConnection;
  readonly ledger: Ledger;
  readonly table: TargetTable;
}

/** Writes partitions as rows of one table. */
export class TableSink<T> implements Sink<T> {
  readonly name = 'sqlite';
  readonly capabilities: SinkCapabilities;
  readonly #options: SqliteSinkOptions;
  readonly #row: ((record: T) => SqliteRow) | undefined;
  readonly #remove: ((record: T) => boolean) | undefined;
  readonly #load: typeof loadSqlite;
  #open: OpenDatabase | undefined;
  #isClosed = false;

  constructor({ options, row, remove, load = loadSqlite }: TableSinkDeps<T>) {
    const reach = options.shared ? 'everywhere' : 'host';
    this.capabilities = Object.freeze({ delivery: 'effectively-once', reach });
    this.#options = options;
    this.#row = row;
    this.#remove = remove;
    this.#load = load;
  }

  /**
   * Opens the database, and makes the missing ledger and, on request, the missing table.
   *
   * @throws `MR_SINK_NOT_OPEN` after `close`, `MR_SINK_SQLITE_UNAVAILABLE`, `_DENIED`, `_DAMAGED`, `_SCHEMA`, `_BUSY`,
   *   `_JOURNAL_MODE`
   */
  async open(): Promise<void> {
    if (this.#isClosed) throw this.#notOpen();
    this.#open ??= this.#openDatabase();
  }

  /**
   * Writes one partition in one transaction, unless the ledger contains the partition.
   *
   * @throws `MR_SINK_NOT_OPEN`, `MR_SINK_UNSUPPORTED_RECORD`, `MR_SINK_SQLITE_…`; nothing is written then.
   */
  async write(records: Iterable<T>, write: SinkWrite): Promise<void> {
    if (this.#open === undefined) throw this.#notOpen();
    const { connection, ledger, table } = this.#open;
    connection.transaction(() => {
      ledger.assertKept();
      if (ledger.isWritten(write)) return;
      ledger.add(write, this.#writeAll(table, records, write));
    });
    ledger.committed(write);
  }

  /** Closes the database. May be repeated. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const open = this.#open;
    this.#open = undefined;
    open?.connection.close();
  }

  #openDatabase(): OpenDatabase {
    const { ledgerTable, ledgerBatches } = this.#options;
    const connection = SqliteConnection.open(this.#load(), this.#options);
    try {
      return connection.transaction(() => {
        const table = openTable(connection, this.#options);
        createLedger(connection, ledgerTable);
        const ledger = new Ledger(connection, { ledgerTable, ledgerBatches, target: table.name });
        return { connection, ledger, table };
      });
    } catch (error) {
      connection.close();
      throw error;
    }
  }

  /** The number of records. */
  #writeAll(table: TargetTable, records: Iterable<T>, write: SinkWrite): number {
    const key = table.columns.filter(({ isKey }) => isKey);
    let index = 0;
    table.begin(write);
    for (const record of records) {
      const at = { index, write };
      const isRemoved = this.#isRemoved(record, at);
      const values = this.#valuesOf(record, isRemoved ? key : table.columns, at);
      this.#change(table, isRemoved, values, at);
      index += 1;
    }
    return index;
  }

  #change(table: TargetTable, isRemoved: boolean, values: readonly BoundValue[], at: RecordPlace): void {
    try {
      if (isRemoved) table.remove(values);
      else table.put(values);
    } catch (cause) {
      const { index, write } = at;
      const name = `write record ${index} of partition ${write.partition} to table ${JSON.stringify(table.name)} of`;
      throw sqliteFailure({ name, file: this.#options.file, details: { ...write, index } }, cause);
    }
  }

  #isRemoved(record: T, at: RecordPlace): boolean {
    if (this.#remove === undefined) return false;
    try {
      const answer: unknown = this.#remove(record);
      if (typeof answer === 'boolean') return answer;
      throw new UnsupportedRow(
        `expected remove to return true or false, got a value of type ${typeof answer}`,
      );
    } catch (cause) {
      throw unsupported(at, cause);
    }
  }

  #valuesOf(record: T, columns: readonly RowColumn[], at: RecordPlace): BoundValue[] {
    try {
      return rowValues(this.#row === undefined ? record : this.#row(record), columns);
    } catch (cause) {
      throw unsupported(at, cause);
    }
  }

  #notOpen(): Error {
    const { file } = this.#options;
    const message = `expected the sink of ${file} to be open; open the sink once before the first write, and make another after close`;
    return coreError('MR_SINK_NOT_OPEN', message, { details: { sink: this.name, file } });
  }
}

function unsupported({ index, write }: RecordPlace, cause: unknown): Error {
  const column = cause instanceof UnsupportedRow ? cause.column : undefined;
  const where = column === undefined ? '' : `, column ${JSON.stringify(column)}`;
  const reason = messageOf(cause);
  return coreError(
    'MR_SINK_UNSUPPORTED_RECORD',
    `expected records that can be rows, but record ${index} of partition ${write.partition}${where}: ${reason}`,
    { details: { ...write, index, ...(column === undefined ? {} : { column }) }, cause },
  );
}
