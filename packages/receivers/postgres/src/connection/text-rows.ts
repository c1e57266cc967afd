// The rows of one statement while they arrive. A receiver that is held back takes no rows, so the socket pauses when enough
// rows are held, and the server waits.
//
//   server ──► socket ──► held rows ── next() ──► receiver
//                └─ pauses at maxBytes, goes on when the held rows were taken
import type { Socket } from 'node:net';
import pg from 'pg';

/** A row; every value as the text of the server. */
export type TextRow = readonly (string | null)[];

/** A statement. */
export interface RowsRequest {
  readonly sql: string;
  readonly values?: readonly unknown[] | undefined;
  /** Held rows of this size pause the socket. */
  readonly maxBytes: number;
}

/** Every value stays a text. */
const AS_TEXT = { getTypeParser: () => (text: string | Buffer) => text };

/** Collects rows. */
export class Rows {
  /** The statement, for the client. */
  readonly query: pg.Query;
  isEnded = false;
  readonly #socket: Socket;
  readonly #maxBytes: number;
  #held: TextRow[] = [];
  #bytes = 0;
  #failure: Error | undefined;
  #news = Promise.withResolvers<void>();

  constructor({ sql, values, maxBytes }: RowsRequest, socket: Socket) {
    this.#socket = socket;
    this.#maxBytes = maxBytes;
    this.query = new pg.Query({
      text: sql,
      rowMode: 'array',
      types: AS_TEXT as never,
      ...(values === undefined ? {} : { values: [...values] }),
    } as pg.QueryConfig);
    this.query.on('row', (row) => this.#take(row as unknown as TextRow));
    this.query.on('end', () => this.#end());
    this.query.on('error', (error) => this.#end(error));
  }

  /** The rows that have arrived, at least one; undefined at the end. @throws the error of the statement. */
  async next(): Promise<readonly TextRow[] | undefined> {
    while (this.#held.length === 0) {
      if (this.#failure !== undefined) throw this.#failure;
      if (this.isEnded) return undefined;
      await this.#news.promise;
      this.#news = Promise.withResolvers<void>();
    }
    const rows = this.#held;
    this.#held = [];
    if (this.#bytes >= this.#maxBytes) this.#socket.resume();
    this.#bytes = 0;
    return rows;
  }

  #take(row: TextRow): void {
    this.#held.push(row);
    const before = this.#bytes;
    this.#bytes += sizeOf(row);
    if (before < this.#maxBytes && this.#bytes >= this.#maxBytes) this.#socket.pause();
    this.#news.resolve();
  }

  #end(error?: Error): void {
    this.isEnded = true;
    this.#failure = error;
    this.#news.resolve();
  }
}

/** The size of a row in memory of the server, roughly: its characters, and a few bytes for each value. */
export function sizeOf(row: TextRow): number {
  let bytes = 0;
  for (const value of row) bytes += 4 + (value === null ? 0 : value.length);
  return bytes;
}
