// A server, asked through the client library. The library's own logging, which goes to the console, is off: every failure is an
// error of a statement.
import { Agent } from 'node:https';
import { Readable } from 'node:stream';
import { type ClickHouseClient, ClickHouseLogLevel, createClient } from '@clickhouse/client';
import { NodeStorage } from '@millrace/core';
import { usableClientTls } from '@millrace/core/engine';
import type { ClickhouseSinkOptions } from '../clickhouse-sink.options.ts';
import { clickhouseSinkError } from '../clickhouse-sink-errors.ts';
import { addressOf } from './connection-options.ts';

type ServerOptions = Pick<
  ClickhouseSinkOptions,
  'url' | 'host' | 'port' | 'database' | 'username' | 'password' | 'tls' | 'requestTimeoutMs'
> &
  Pick<ClickhouseSinkOptions, 'connections' | 'settings'>;

/** One insert: rows as lines of JSON. */
export interface ServerInsert {
  /** `INSERT INTO table (columns)`, without a format. */
  readonly into: string;
  readonly lines: string;
  /** Recognises a repetition. */
  readonly token: string;
}

/** The connections of one sink. */
export class ClickhouseServer {
  readonly #client: ClickHouseClient;

  private constructor(client: ClickHouseClient) {
    this.#client = client;
  }

  /** Reads the files of `tls`; connects with the first statement. @throws `MR_SINK_CLICKHOUSE_TLS_UNUSABLE` */
  static async create(options: ServerOptions): Promise<ClickhouseServer> {
    const { origin, database, username, password } = addressOf(options);
    const agent = await agentFor(options);
    const client = createClient({
      url: origin,
      database,
      username,
      password,
      application: 'millrace',
      request_timeout: options.requestTimeoutMs,
      max_open_connections: options.connections,
      log: { level: ClickHouseLogLevel.OFF },
      clickhouse_settings: {
        // Errors are in the status of the answer, never behind the beginning of a good one.
        wait_end_of_query: 1,
        ...options.settings,
      },
      ...(agent === undefined ? {} : { http_agent: agent, set_basic_auth_header: true }),
    });
    return new ClickhouseServer(client);
  }

  /** The rows of a query. */
  async rows(query: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
    const result = await this.#client.query({ query, format: 'JSONEachRow' });
    return await result.json<Readonly<Record<string, unknown>>>();
  }

  /** Runs a statement without rows. */
  async run(query: string): Promise<void> {
    await this.#client.command({ query });
  }

  /** Inserts rows in one block, unless the table remembers the token. */
  async insert({ into, lines, token }: ServerInsert): Promise<void> {
    const { stream } = await this.#client.exec({
      query: `${into} FORMAT JSONEachRow`,
      values: Readable.from([lines]),
      clickhouse_settings: {
        async_insert: 0,
        insert_deduplicate: 1,
        insert_deduplication_token: token,
        // One block, and so one part of a partition of the table: all of its rows or none.
        input_format_parallel_parsing: 0,
        max_insert_block_size: '2000000',
        min_insert_block_size_rows: '2000000',
        min_insert_block_size_bytes: '1073741824',
        date_time_input_format: 'best_effort',
      },
    });
    for await (const _ of stream) {
      // An insert has no rows; the end of the answer frees the connection.
    }
  }

  /** Closes every connection. */
  async close(): Promise<void> {
    await this.#client.close();
  }
}

async function agentFor({ tls, connections }: ServerOptions): Promise<Agent | undefined> {
  if (tls === undefined) return undefined;
  const unusableTls = (message: string): Error =>
    clickhouseSinkError('MR_SINK_CLICKHOUSE_TLS_UNUSABLE', message);
  const files = await usableClientTls(tls, { storage: new NodeStorage(), unusableTls });
  return new Agent({ ...files, keepAlive: true, maxSockets: connections });
}
