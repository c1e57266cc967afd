// The connections of one sink: a bounded number, made when needed. A write waits for a free one.
import pg from 'pg';
import { clientSettings } from './client-settings.ts';
import type { PostgresConnectionOptions } from './connection-options.ts';
import { Session } from './session.ts';

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
    return new Sessions(new pg.Pool(await clientSettings(options)), options.requestTimeoutMs);
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
