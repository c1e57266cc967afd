// The connections of one sink: a bounded number, made when needed. A write waits for a free one.
import { clientSettings, type PostgresConnectionOptions } from '@millrace/connection-postgres';
import { NodeStorage } from '@millrace/core';
import pg from 'pg';
import { unusableTls } from './postgres-failure.ts';
import { Session } from './session.ts';

/** An idle connection is closed after this time. */
const IDLE_MS = 60_000;

/** The parameters of the connections. */
export interface SessionsOptions extends PostgresConnectionOptions {
  /** The largest number of connections. */
  readonly connections: number;
}

/** Connections to one server. */
export class Sessions {
  readonly #pool: pg.Pool;
  readonly #timeoutMs: number;

  private constructor(pool: pg.Pool, timeoutMs: number) {
    this.#pool = pool;
    this.#timeoutMs = timeoutMs;
    // An idle connection that breaks is replaced by the next write; without a listener it would end the process.
    pool.on('error', () => undefined);
  }

  /** Makes no connection yet. @throws `MR_SINK_POSTGRES_TLS_UNUSABLE` */
  static async create(options: SessionsOptions): Promise<Sessions> {
    const pool = new pg.Pool({
      ...(await clientSettings(options, { storage: new NodeStorage(), unusableTls })),
      max: options.connections,
      idleTimeoutMillis: IDLE_MS,
      allowExitOnIdle: true,
    });
    return new Sessions(pool, options.requestTimeoutMs);
  }

  /** Runs `work` on one connection. An open transaction at its end is rolled back by closing the connection. */
  async use<R>(work: (session: Session) => Promise<R>): Promise<R> {
    const session = new Session(await this.#pool.connect(), this.#timeoutMs);
    try {
      return await work(session);
    } finally {
      session.release();
    }
  }

  /** Closes every connection after its work. */
  async close(): Promise<void> {
    await this.#pool.end();
  }
}
