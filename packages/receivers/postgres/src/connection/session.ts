// One connection to a server, for one life of a receiver. The client library has no public name for its socket,
// which a receiver needs to hold back the server and to end a connection at once, nor for the messages of a replication. Nothing
// else in this package touches the inside of the library.
import type { Socket } from 'node:net';
import type { Clock } from '@millrace/core';
import pg, { type ClientConfig } from 'pg';
import { type ReplicationListener, ReplicationQuery } from './replication-query.ts';
import { Rows, type RowsRequest, type TextRow } from './text-rows.ts';

/** The inside of the client library. */
interface InnerClient {
  readonly connection: {
    /** The socket; the one of TLS after the handshake. */
    readonly stream: Socket;
    once(event: 'replicationStart', listener: () => void): void;
    sendCopyFromChunk(bytes: Buffer): void;
    /** A farewell to the server, and the end of the socket. */
    end(): void;
  };
}

const CLOSE_MS = 3_000;
/** Texts of values must not depend on the settings of the server. */
const SETTINGS =
  "SET datestyle = 'ISO'; SET intervalstyle = 'iso_8601'; SET timezone = 'UTC'; SET bytea_output = 'hex'; SET extra_float_digits = 1";

/** A connection. */
export class ServerSession {
  readonly #client: pg.Client;
  readonly #inner: InnerClient['connection'];
  readonly #timeoutMs: number;
  readonly #ended: Promise<void>;
  #isConnected = false;
  /** The first error of the connection, which tells more than the errors of later calls. */
  #lost: Error | undefined;

  constructor(settings: ClientConfig, timeoutMs: number) {
    this.#client = new pg.Client(settings);
    this.#inner = (this.#client as unknown as InnerClient).connection;
    this.#timeoutMs = timeoutMs;
    // Without a listener an error would end the process.
    this.#client.on('error', (error) => (this.#lost ??= error));
    this.#ended = new Promise((resolve) => void this.#client.once('end', resolve));
  }

  /** Connects. @throws errors of the server and of the socket. */
  async connect(): Promise<void> {
    await this.#client.connect();
    this.#isConnected = true;
    this.#inner.stream.on('timeout', () => {
      this.destroy(new Error(`no answer within ${this.#timeoutMs} ms`));
    });
    await this.query(SETTINGS);
  }

  /** Calls back once, when the connection is gone for any reason. */
  onLost(callback: (error: Error) => void): void {
    this.#client.once('end', () => callback(this.#lost ?? new Error('the connection ended')));
  }

  /** Calls back with each notification of a channel that this session listens to. */
  onNotification(callback: (message: pg.Notification) => void): void {
    this.#client.on('notification', callback);
  }

  /** Runs one statement with values, or several without; the rows of the last one, each value as text. */
  async query(sql: string, values?: readonly unknown[]): Promise<readonly TextRow[]> {
    const rows: TextRow[] = [];
    for await (const some of this.rows({ sql, values, maxBytes: Number.POSITIVE_INFINITY }))
      for (const row of some) rows.push(row);
    return rows;
  }

  /**
   * Runs one statement. The rows come in pieces; between two pieces at most about `maxBytes` are received. A caller that ends
   * early ends the connection.
   */
  async *rows(request: RowsRequest): AsyncGenerator<readonly TextRow[]> {
    const rows = new Rows(request, this.#inner.stream);
    this.#client.query(rows.query);
    try {
      for (;;) {
        const some = await this.#answered(rows.next());
        if (some === undefined) return;
        yield some;
      }
    } finally {
      if (!rows.isEnded) this.destroy();
    }
  }

  /**
   * Begins a replication, as the last statement of this session. Resolves when the server agrees.
   *
   * @throws the refusal of the server. Later failures go to the listener.
   */
  async replicate(sql: string, listener: ReplicationListener): Promise<void> {
    const begun = Promise.withResolvers<void>();
    let hasBegun = false;
    this.#inner.once('replicationStart', () => {
      hasBegun = true;
      begun.resolve();
    });
    const onEnd = (error: Error): void => {
      if (hasBegun) listener.onEnd(this.#lost ?? error);
      else begun.reject(error);
    };
    this.#client.query(new ReplicationQuery(sql, { onMessage: listener.onMessage, onEnd }));
    await this.#answered(begun.promise);
  }

  /** Sends a message of a replication; has no effect on a broken connection. */
  send(bytes: Buffer): void {
    this.#inner.sendCopyFromChunk(bytes);
  }

  /** True: the connection ends when nothing comes or goes for the longest time without an answer. */
  limitSilence(isLimited: boolean): void {
    this.#inner.stream.setTimeout(isLimited ? this.#timeoutMs : 0);
  }

  /** Lets the server wait. What one read of the socket has brought still comes. */
  pause(): void {
    this.#inner.stream.pause();
  }

  /** Goes on after `pause`. */
  resume(): void {
    this.#inner.stream.resume();
  }

  /** Ends the connection at once; pending calls reject. */
  destroy(error?: Error): void {
    // The socket of a handshake with TLS is replaced later, and then ends with the first one.
    this.#inner.stream.destroy(error);
  }

  /** Ends the connection: with a farewell and a wait of at most 3 s for the server, or at once. Never rejects. */
  async close(clock: Clock): Promise<void> {
    if (!this.#isConnected) return this.destroy();
    const wait = new AbortController();
    const late = clock.sleepFor(CLOSE_MS, wait.signal).catch(() => undefined);
    this.#inner.stream.resume();
    this.#inner.end();
    await Promise.race([this.#ended, late]);
    wait.abort();
    this.destroy();
  }

  /** Waits for an answer. The time counts only while the session waits for the server. */
  async #answered<R>(answer: Promise<R>): Promise<R> {
    const socket = this.#inner.stream;
    socket.setTimeout(this.#timeoutMs);
    try {
      return await answer;
    } catch (error) {
      throw this.#lost ?? error;
    } finally {
      socket.setTimeout(0);
    }
  }
}
