// The connections of one fetcher. A connection whose answer is whole is kept for the next request to the same server.
import type { Clock } from '@millrace/core';
import { type DataAddress, formatDataAddress, parseDataAddress } from './data-address.ts';
import { DataConnection } from './data-connection.ts';
import type { DataTls } from './data-tls.ts';

/** Collaborators of `DataConnections`. */
export interface DataConnectionsDeps {
  readonly clock: Clock;
  /** Present: connections use TLS. */
  readonly tls?: DataTls | undefined;
}

/** Idle connections to one server. */
const IDLE_MAX = 8;
/** The server closes a connection without a request after 60 s. A request must not meet that end. */
const IDLE_MS = 50_000;

interface Idle {
  readonly connection: DataConnection;
  readonly sinceMs: number;
}

/** Connections, open or idle. */
export class DataConnections {
  readonly #deps: DataConnectionsDeps;
  readonly #open = new Set<DataConnection>();
  /** By address, the newest last. */
  readonly #idle = new Map<string, Idle[]>();
  #isClosed = false;

  constructor(deps: DataConnectionsDeps) {
    this.#deps = deps;
  }

  /** A connection for one request. @throws `MR_REMOTE_DATA_ADDRESS` for an address that is none; Error after `close`. */
  take(address: DataAddress): DataConnection {
    if (this.#isClosed) throw new Error('the fetcher is closed');
    const key = formatDataAddress(address);
    const idle = this.#idle.get(key);
    const now = this.#deps.clock.monotonicMs();
    for (let one = idle?.pop(); one !== undefined; one = idle?.pop()) {
      if (one.connection.isFree && now - one.sinceMs < IDLE_MS) return one.connection;
      one.connection.destroy();
    }
    const connection = new DataConnection(parseDataAddress(key), this.#deps.tls, (ended) =>
      this.#forget(key, ended),
    );
    this.#open.add(connection);
    return connection;
  }

  /** Keeps a connection for later, if the connection serves further requests. */
  giveBack(address: DataAddress, connection: DataConnection): void {
    if (!connection.isFree) return;
    const key = formatDataAddress(address);
    const idle = this.#idle.get(key) ?? [];
    this.#idle.set(key, idle);
    idle.push({ connection, sinceMs: this.#deps.clock.monotonicMs() });
    if (idle.length > IDLE_MAX) idle.shift()?.connection.destroy();
  }

  /** Ends all connections. Requests under way fail. */
  close(): void {
    this.#isClosed = true;
    for (const connection of this.#open) connection.destroy();
    this.#idle.clear();
  }

  #forget(key: string, ended: DataConnection): void {
    this.#open.delete(ended);
    const idle = this.#idle.get(key)?.filter(({ connection }) => connection !== ended) ?? [];
    if (idle.length === 0) this.#idle.delete(key);
    else this.#idle.set(key, idle);
  }
}
