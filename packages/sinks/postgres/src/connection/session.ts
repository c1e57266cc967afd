// One connection during one transaction. An answer that does not come in time ends the connection: the time counts only while
// the session waits for the server, never while the program computes records.
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Socket } from 'node:net';
import type { PoolClient } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';

/** A row of an answer; every value is a text, a number, true or false, or null. */
export type AnswerRow = Readonly<Record<string, unknown>>;

/** The answer to a statement. */
export interface ServerAnswer {
  readonly rows: readonly AnswerRow[];
  readonly rowCount: number;
}

/** A connection of the pool. */
export class Session {
  /** True when a transaction may be open on the server. */
  isOpen = false;
  /** True from the sending of COMMIT on: the result is unknown until the answer. */
  isCommitting = false;
  readonly #client: PoolClient;
  readonly #socket: Socket;
  readonly #timeoutMs: number;
  #lost: Error | undefined;

  constructor(client: PoolClient, timeoutMs: number) {
    this.#client = client;
    // The library has no public name for the socket, which is the one of TLS after the handshake.
    this.#socket = (
      client as unknown as { readonly connection: { readonly stream: Socket } }
    ).connection.stream;
    this.#timeoutMs = timeoutMs;
    this.#socket.on('timeout', this.#giveUp);
    client.on('error', this.#fail);
  }

  /** Runs one statement with parameters, or several without. Of several, the answer is that of the last one. */
  async query(sql: string, values?: readonly unknown[]): Promise<ServerAnswer> {
    this.#assertConnected();
    const asked = values === undefined ? this.#client.query(sql) : this.#client.query(sql, [...values]);
    const answer: unknown = await this.#answered(asked);
    const { rows, rowCount } = (Array.isArray(answer) ? answer.at(-1) : answer) as ServerAnswer;
    return { rows, rowCount: rowCount ?? 0 };
  }

  /** Begins a transaction; `settings` are further statements. */
  async begin(settings: string): Promise<void> {
    this.isOpen = true;
    await this.query(`BEGIN;${settings}`);
  }

  async commit(): Promise<void> {
    this.isCommitting = true;
    await this.query('COMMIT');
    this.isCommitting = false;
    this.isOpen = false;
  }

  async rollBack(): Promise<void> {
    await this.query('ROLLBACK');
    this.isOpen = false;
  }

  /** Sends rows in the text format of COPY. The texts are computed while they are sent. */
  async copy(sql: string, texts: Iterable<string>): Promise<void> {
    this.#assertConnected();
    const stream = this.#client.query(copyFrom(sql));
    const source = Readable.from(texts, { objectMode: true, highWaterMark: 1 });
    await this.#answered(pipeline(source, stream));
  }

  /** Gives the connection back; one with an open transaction is closed. */
  release(): void {
    this.#socket.setTimeout(0);
    this.#socket.off('timeout', this.#giveUp);
    this.#client.off('error', this.#fail);
    this.#client.release(this.#lost ?? this.isOpen);
  }

  readonly #giveUp = (): void => {
    this.#socket.destroy(new Error(`no answer within ${this.#timeoutMs} ms`));
  };

  readonly #fail = (error: Error): void => {
    this.#lost ??= error;
  };

  async #answered<T>(answer: Promise<T>): Promise<T> {
    this.#socket.setTimeout(this.#timeoutMs);
    try {
      return await answer;
    } finally {
      this.#socket.setTimeout(0);
    }
  }

  #assertConnected(): void {
    if (this.#lost !== undefined) throw this.#lost;
  }
}
