// A table as a source: pages of rows in the order of (transaction, key), of finished transactions only.
import { clientSettings, quoted } from '@millrace/connection-postgres';
import type { Clock, Logger, Storage } from '@millrace/core';
import { unusableTls } from '../connection/postgres-failure.ts';
import { ServerSession } from '../connection/session.ts';
import type { TextRow } from '../connection/text-rows.ts';
import { postgresError } from '../postgres-errors.ts';
import type { PostgresRowsOptions } from './rows-options.ts';
import type { PostgresRowsPosition } from './rows-position.ts';
import { type OrderedTable, rowsTable } from './rows-table.ts';

/** The engine's ports of a source. */
export interface TablePorts {
  readonly clock: Clock;
  readonly storage: Storage;
  readonly log: Logger;
}

/** A page of a table. */
export interface PageRequest {
  /** The row before the first one; undefined: the page begins with the transaction `since`. */
  readonly after: PostgresRowsPosition | undefined;
  /** The lowest transaction of the stream. */
  readonly since: string;
  /** The last row; absent: the last row of a finished transaction. */
  readonly to?: PostgresRowsPosition;
  /** The largest number of rows. */
  readonly limit: number;
}

/** The place of a row. */
export type RowPlace = Pick<PostgresRowsPosition, 'transaction' | 'key'>;

/** A table of a server. */
export class RowsSource {
  readonly session: ServerSession;
  readonly #options: PostgresRowsOptions;
  readonly #ports: TablePorts;
  #table: OrderedTable | undefined;

  private constructor(options: PostgresRowsOptions, ports: TablePorts, session: ServerSession) {
    this.#options = options;
    this.#ports = ports;
    this.session = session;
  }

  /**
   * Connects, and looks at the table. `onSource` gets the source before the connection, to close the source at any time.
   *
   * @throws `MR_POSTGRES_TABLE_UNUSABLE`, `_TLS_UNUSABLE`, and errors of the server.
   */
  static async open(
    options: PostgresRowsOptions,
    ports: TablePorts,
    onSource: (source: RowsSource) => void = () => undefined,
  ): Promise<RowsSource> {
    const settings = await clientSettings(options, { storage: ports.storage, unusableTls });
    const session = new ServerSession(settings, options.requestTimeoutMs);
    const source = new RowsSource(options, ports, session);
    onSource(source);
    await session.connect();
    source.#table = await rowsTable(session, options);
    return source;
  }

  get table(): OrderedTable {
    if (this.#table === undefined) throw new Error('the source is not open');
    return this.#table;
  }

  /** Listens to the channel of new rows. */
  async listen(onNews: () => void): Promise<void> {
    const { channel } = this.#options;
    if (channel === undefined) return;
    this.session.onNotification(onNews);
    await this.session.query(`LISTEN ${quoted(channel)}`);
  }

  /**
   * The beginning of a stream: 0, or the oldest transaction that is not finished.
   *
   * @throws `MR_POSTGRES_TABLE_UNUSABLE` for rows of transactions of another server.
   */
  async beginning(): Promise<string> {
    await this.#assertOwnTransactions();
    if (this.#options.from === 'earliest') return '0';
    const [[oldest] = []] = await this.session.query('SELECT pg_snapshot_xmin(pg_current_snapshot())');
    return String(oldest);
  }

  /** Refuses a position that the server has not reached. @throws `MR_POSTGRES_GAP` */
  async assertReached({ transaction }: PostgresRowsPosition): Promise<void> {
    const [[next] = []] = await this.session.query('SELECT pg_snapshot_xmax(pg_current_snapshot())');
    if (BigInt(transaction) < BigInt(next ?? 0)) return;
    const message = `expected a server that has reached transaction ${transaction}, got one before transaction ${next}: the server was restored from a backup, or is another server`;
    throw postgresError('MR_POSTGRES_GAP', message, { details: { transaction, next } });
  }

  /** The rows of a page, in pieces; each row with its place behind the columns of the table. */
  page(request: PageRequest, maxBytes: number): AsyncGenerator<readonly TextRow[]> {
    const { sql, columns, keyType } = this.table;
    // With the name of the table: the names of the selected columns are the same.
    const [transaction, key] = [`t.${this.table.transaction}`, `t.${this.table.key}`];
    const { after, since, to, limit } = request;
    const values: unknown[] = [];
    const value = (one: unknown, type: string): string => `$${values.push(one)}::${type}`;
    const row = (place: RowPlace): string =>
      `(${value(place.transaction, 'xid8')}, ${value(place.key, keyType)})`;
    const order = `(${transaction}, ${key})`;
    const lower =
      after === undefined ? `${transaction} >= ${value(since, 'xid8')}` : `${order} > ${row(after)}`;
    const upper =
      to === undefined
        ? `${transaction} < pg_snapshot_xmin(pg_current_snapshot())`
        : `${order} <= ${row(to)}`;
    const selected = [
      ...columns.map(({ name }) => `t.${quoted(name)}`),
      `${transaction}::text`,
      `${key}::text`,
    ];
    const statement = `SELECT ${selected.join(', ')} FROM ${sql} t WHERE ${lower} AND ${upper} ORDER BY ${transaction}, ${key} LIMIT ${limit}`;
    return this.session.rows({ sql: statement, values, maxBytes });
  }

  /** The place of a row of a page. */
  placeOf(row: TextRow): RowPlace {
    return { transaction: String(row.at(-2)), key: String(row.at(-1)) };
  }

  /** Ends the connection. May be repeated. */
  async close(): Promise<void> {
    await this.session.close(this.#ports.clock);
  }

  /** A row of a transaction that the server has not begun would be read only when the server comes there. */
  async #assertOwnTransactions(): Promise<void> {
    const { sql, transaction } = this.table;
    const [[foreign] = []] = await this.session.query(
      `SELECT ${transaction} FROM ${sql} WHERE ${transaction} >= pg_snapshot_xmax(pg_current_snapshot()) LIMIT 1`,
    );
    if (foreign === undefined) return;
    const message = `expected transactions of this server in column ${transaction} of ${sql}, got ${foreign}, which has not begun: the rows were copied from another server; set their column to '0'`;
    throw postgresError('MR_POSTGRES_TABLE_UNUSABLE', message, { details: { table: sql } });
  }
}
