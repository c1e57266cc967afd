// The reading of a table: pages come in, records go out; after the last page the reading waits for news.
//
//   page ─► store, store, … ─false─► await ready() ─► store … ─► full page: next page
//                                                             └► else wait for a notification or the interval
import type { ReceiverContext } from '@millrace/core';
import { hasRoom, type MalformedReaction, MalformedValue } from '@millrace/core/engine';
import { sizeOf, type TextRow } from '../connection/text-rows.ts';
import type { NewsSignal } from './news-signal.ts';
import type { PostgresRowsPosition } from './rows-position.ts';
import type { PageRequest, RowPlace } from './rows-source.ts';

/** The source of a reading. */
export interface ReadSource {
  page(request: PageRequest, maxBytes: number): AsyncIterable<readonly TextRow[]>;
  placeOf(row: TextRow): RowPlace;
}

/** Collaborators of a `RowsReading`. */
export interface RowsReadingDeps {
  readonly context: ReceiverContext<unknown>;
  readonly source: ReadSource;
  readonly decode: (row: TextRow) => unknown;
  readonly malformed: MalformedReaction;
  readonly news: NewsSignal;
  readonly pollIntervalMs: number;
  readonly maxBytes: number;
  /** The name of the table, for messages. */
  readonly table: string;
}

/** The rows of the first page, whose size is unknown. */
const FIRST_PAGE_ROWS = 100;
const PAGE_ROWS_MAX = 10_000;

/** Reads one table from a position on. */
export class RowsReading {
  readonly #deps: RowsReadingDeps;
  #after: PostgresRowsPosition | undefined;
  readonly #since: string;
  #limit = FIRST_PAGE_ROWS;

  constructor(deps: RowsReadingDeps, after: PostgresRowsPosition | undefined, since: string) {
    this.#deps = deps;
    this.#after = after;
    this.#since = since;
  }

  /**
   * Reads until the signal of the context is aborted, or until a malformed row ends the receiver.
   *
   * @throws errors of the source.
   */
  async read(): Promise<void> {
    const { context, news, pollIntervalMs } = this.#deps;
    while (!context.signal.aborted) {
      const limit = this.#limit;
      news.forget();
      const count = await this.#page();
      if (count === undefined) return;
      if (count < limit) await news.wait(pollIntervalMs);
    }
  }

  /** The number of rows of the next page; undefined when the receiver ends. */
  async #page(): Promise<number | undefined> {
    const { source, maxBytes } = this.#deps;
    const request = { after: this.#after, since: this.#since, limit: this.#limit };
    let count = 0;
    let bytes = 0;
    // A piece is stored while the next one is received.
    const pieceBytes = Math.ceil(maxBytes / 2);
    for await (const rows of source.page(request, pieceBytes)) {
      for (const row of rows) {
        const size = sizeOf(row);
        count += 1;
        bytes += size;
        const outcome = this.#store(row, size);
        // No promise for each row: most rows have room.
        if (outcome === 'ended' || (outcome === 'full' && !(await hasRoom(this.#deps.context))))
          return undefined;
      }
    }
    if (count > 0) this.#limit = rowsIn(pieceBytes, bytes / count);
    return count;
  }

  /** Stores or leaves out a row. `full`: the engine takes the next one after a wait. `ended`: the receiver ends. */
  #store(row: TextRow, bytes: number): 'stored' | 'full' | 'ended' {
    const { context, source, decode, malformed, table } = this.#deps;
    const { transaction, key } = source.placeOf(row);
    const position = { transaction, key, count: (this.#after?.count ?? 0) + 1, since: this.#since };
    const record = decode(row);
    if (record instanceof MalformedValue) {
      if (!malformed.leaveOut(record, `the row ${key} of ${table}`)) return 'ended';
      this.#after = position;
      return 'stored';
    }
    const isWelcome = context.store(record, position, bytes);
    this.#after = position;
    return isWelcome ? 'stored' : 'full';
  }
}

/** A page should be about as large as a piece, so that a held back receiver leaves no statement open at the server. */
function rowsIn(bytes: number, rowBytes: number): number {
  return Math.max(1, Math.min(PAGE_ROWS_MAX, Math.floor(bytes / rowBytes)));
}
