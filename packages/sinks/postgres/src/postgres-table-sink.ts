// The sink itself: the records of a partition and a row of the ledger in one transaction.
import { placeOf } from '@millrace/connection-postgres';
import { coreError, type Sink, type SinkCapabilities, type SinkWrite } from '@millrace/core';
import { propertyOf } from '@millrace/core/engine';
import { isConflict, isLostConnection, isOfRecord, postgresFailure } from './connection/postgres-failure.ts';
import type { Session } from './connection/session.ts';
import { Sessions } from './connection/sessions.ts';
import type { PostgresSinkOptions } from './postgres-sink.options.ts';
import { RecordRows, RecordsFailed, type RowFunctions } from './rows/record-rows.ts';
import { AppendedRows } from './table/appended-rows.ts';
import { KeyedRows } from './table/keyed-rows.ts';
import { openTable, type RowsTable } from './table/rows-table.ts';
import type { TableWriter } from './table/table-writer.ts';
import { copiedRecord, failingRecord } from './writing/failing-record.ts';
import { PostgresLedger } from './writing/postgres-ledger.ts';
import { PartitionRows } from './writing/partition-rows.ts';

/** Attempts at one transaction, while its rows are in memory: deadlocks and broken connections. */
const ATTEMPTS_MAX = 3;
/** Lets one sink at a time make the ledger of a database. */
const OPENING_LOCK = 'SELECT pg_advisory_xact_lock(6010720221)';

interface OpenDatabase {
  readonly sessions: Sessions;
  readonly ledger: PostgresLedger;
  readonly table: RowsTable;
  readonly writer: TableWriter;
}

interface Attempt extends OpenDatabase {
  readonly write: SinkWrite;
  readonly rows: PartitionRows;
}

/** Writes partitions as rows of one table. */
export class PostgresTableSink<T> implements Sink<T> {
  readonly name = 'postgres';
  readonly capabilities: SinkCapabilities = Object.freeze({ delivery: 'effectively-once' });
  readonly #options: PostgresSinkOptions;
  readonly #functions: RowFunctions<T>;
  readonly #settings: string;
  #open: OpenDatabase | undefined;
  #isClosed = false;

  constructor(options: PostgresSinkOptions, functions: RowFunctions<T>) {
    this.#options = options;
    this.#functions = functions;
    const { lockTimeoutMs, requestTimeoutMs } = options;
    // A commit that is lost with the server would be missing later. A dead writer must not hold its locks for long.
    this.#settings = `SET LOCAL lock_timeout = ${lockTimeoutMs};SET LOCAL idle_in_transaction_session_timeout = ${requestTimeoutMs};
      SELECT set_config('synchronous_commit', 'on', true) WHERE current_setting('synchronous_commit') = 'off'`;
  }

  /**
   * Connects, looks at the table, and makes the missing ledger and, on request, the missing table.
   *
   * @throws `MR_SINK_NOT_OPEN` after `close`, `MR_SINK_POSTGRES_UNREACHABLE`, `_DENIED`, `_TLS_UNUSABLE`, `_SCHEMA`, `_BUSY`
   */
  async open(): Promise<void> {
    if (this.#isClosed) throw this.#notOpen();
    if (this.#open !== undefined) return;
    const sessions = await Sessions.create(this.#options);
    try {
      const parts = await sessions.use((session) => this.#openDatabase(session));
      this.#open = { sessions, ...parts };
    } catch (error) {
      await sessions.close();
      throw this.#failure(error, `open table ${JSON.stringify(this.#options.table)}`);
    }
  }

  /**
   * Writes one partition in one transaction, unless the ledger contains the partition.
   *
   * @throws `MR_SINK_NOT_OPEN`, `MR_SINK_UNSUPPORTED_RECORD`, `MR_SINK_POSTGRES_…`; nothing is written then.
   */
  async write(records: Iterable<T>, write: SinkWrite): Promise<void> {
    if (this.#open === undefined) throw this.#notOpen();
    const { table, writer } = this.#open;
    const source = new RecordRows(records, table.columns, {
      ...this.#functions,
      write,
    }) as RecordRows<unknown>;
    try {
      const rows = new PartitionRows(source, { ...this.#options, canCopy: writer.canCopy });
      await this.#writeRows({ ...this.#open, write, rows });
    } catch (error) {
      if (error instanceof RecordsFailed) throw error.cause;
      source.end();
      throw error;
    }
  }

  /** Closes every connection. May be repeated. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const open = this.#open;
    this.#open = undefined;
    await open?.sessions.close();
  }

  async #openDatabase(session: Session): Promise<Omit<OpenDatabase, 'sessions'>> {
    const { ledgerTable, ledgerBatches } = this.#options;
    await session.begin(`${this.#settings};${OPENING_LOCK}`);
    const table = await openTable(session, this.#options);
    const ledgerOptions = { ledgerTable, ledgerBatches, schema: table.schema, target: table.sql };
    const ledger = await PostgresLedger.open(session, ledgerOptions);
    const writer =
      table.key.length === 0 ? new AppendedRows(table) : await KeyedRows.open(session, table, ledgerTable);
    await session.commit();
    return { table, ledger, writer };
  }

  async #writeRows(attempt: Attempt): Promise<void> {
    const { sessions, ledger, rows, write } = attempt;
    for (let attempts = 1; ; attempts += 1) {
      let session: Session | undefined;
      try {
        await sessions.use(async (used) => {
          session = used;
          await this.#transaction(used, attempt);
        });
        return;
      } catch (error) {
        if (error instanceof RecordsFailed) throw error;
        const isLost = session !== undefined && isLostConnection(error);
        if (
          isLost &&
          session?.isCommitting === true &&
          !rows.canRepeat &&
          (await this.#isCommitted(attempt))
        ) {
          ledger.committed(write);
          return;
        }
        const mayRepeat = rows.canRepeat && attempts < ATTEMPTS_MAX && (isLost || isConflict(error));
        if (!mayRepeat) throw await this.#writeFailure(error, attempt);
      }
    }
  }

  /** Also the answer to a lost connection: a transaction that was committed after all is in the ledger. */
  async #transaction(session: Session, { ledger, rows, write, writer }: Attempt): Promise<void> {
    await session.begin(`${this.#settings};${ledger.mark(write)}`);
    try {
      if (await ledger.add(session, write, rows.isCounted ? rows.count : 0)) {
        await rows.send(session, writer, write);
        if (!rows.isCounted) await ledger.count(session, write, rows.count);
        await ledger.forgetOld(session, write);
        await session.commit();
      } else {
        await session.rollBack();
        rows.end();
      }
    } catch (error) {
      await rolledBack(session);
      throw error;
    }
    ledger.committed(write);
  }

  /** The result of a lost commit of rows that are gone; false also when the server does not answer. */
  async #isCommitted({ sessions, ledger, write }: Attempt): Promise<boolean> {
    try {
      return await sessions.use(async (session) => {
        await session.begin(`${this.#settings};${ledger.mark(write)}`);
        const isNew = await ledger.add(session, write, 0);
        await session.rollBack();
        return !isNew;
      });
    } catch {
      return false;
    }
  }

  async #writeFailure(error: unknown, attempt: Attempt): Promise<Error> {
    const { write } = attempt;
    const index = isOfRecord(error) ? await this.#recordOf(error, attempt) : undefined;
    const record = index === undefined ? '' : `record ${index} of `;
    const what = `write ${record}partition ${write.partition} to table ${JSON.stringify(this.#options.table)}`;
    return this.#failure(error, what, { ...write, ...(index === undefined ? {} : { index }) });
  }

  /** The place of the failed record, if it can be found. */
  async #recordOf(error: unknown, { sessions, rows, write, writer }: Attempt): Promise<number | undefined> {
    const { last } = rows;
    if (last === undefined) return copiedRecord(propertyOf(error, 'where'));
    try {
      return await sessions.use(async (session) => {
        await session.begin(this.#settings);
        const index = await failingRecord(session, last, { writer, write });
        await session.rollBack();
        return index;
      });
    } catch {
      return undefined;
    }
  }

  #failure(error: unknown, what: string, details: Readonly<Record<string, unknown>> = {}): Error {
    return postgresFailure(error, { what, options: this.#options, details });
  }

  #notOpen(): Error {
    const place = placeOf(this.#options);
    const message = `expected the sink of ${place} to be open; open the sink once before the first write, and make another after close`;
    return coreError('MR_SINK_NOT_OPEN', message, { details: { sink: this.name, place } });
  }
}

/** Ends a failed transaction, so that its connection can be used again. A connection that fails here is closed. */
async function rolledBack(session: Session): Promise<void> {
  try {
    if (session.isOpen && !session.isCommitting) await session.rollBack();
  } catch {
    // The failure before matters more.
  }
}
