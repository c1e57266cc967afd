// The rows of one partition on their way to the table. Few rows are kept in memory, so their transaction may run again; many are
// computed while they are sent, once:
//
//   records ─► first rows ──(no more)──► one statement, or COPY          may run again
//                   └──────(more)─────► COPY, or statements of some rows each
import type { SinkWrite } from '@millrace/core';
import type { Session } from '../connection/session.ts';
import type { RecordRow, RecordRows } from '../rows/record-rows.ts';
import type { SentValue } from '../rows/row-values.ts';
import type { TableWriter } from '../table/table-writer.ts';

/** Characters of rows in memory, about. One row may be larger. */
const CHARACTERS_MAX = 4_194_304;

/** The bounds of a partition. */
export interface PartitionRowsOptions {
  /** The largest number of rows in memory. */
  readonly rowsInMemory: number;
  /** The number of rows from which on COPY is used. */
  readonly copyRows: number;
}

/** Rows of one statement that failed. */
export interface FailedRows {
  readonly rows: readonly RecordRow[];
  /** The place of the first one in the partition. */
  readonly from: number;
}

/** The rows of one partition. */
export class PartitionRows {
  readonly #source: RecordRows<unknown>;
  readonly #options: PartitionRowsOptions;
  readonly #first: readonly RecordRow[];
  #isWhole = false;
  #isStarted = false;
  #last: FailedRows | undefined;

  /** Reads the first rows. @throws RecordsFailed */
  constructor(source: RecordRows<unknown>, options: PartitionRowsOptions) {
    this.#source = source;
    this.#options = options;
    this.#first = this.#some();
  }

  /** The number of rows read so far: of all, after `send`. */
  get count(): number {
    return this.#source.count;
  }

  /** True while all rows can be sent once more. */
  get canRepeat(): boolean {
    return this.#isWhole || !this.#isStarted;
  }

  /** True when the number of rows is known before they are sent. */
  get isCounted(): boolean {
    return this.#isWhole;
  }

  /** The rows of the last statement; undefined for COPY. */
  get last(): FailedRows | undefined {
    return this.#last;
  }

  /** Sends all rows. @throws RecordsFailed, and errors of the server. */
  async send(session: Session, writer: TableWriter, write: SinkWrite): Promise<void> {
    await writer.begin(session, write, this.#isWhole);
    const isCopied = writer.canCopy && (!this.#isWhole || this.#first.length >= this.#options.copyRows);
    if (isCopied) {
      this.#last = undefined;
      this.#isStarted = !this.#isWhole;
      await writer.copy(session, this.#all());
      return;
    }
    let from = 0;
    for (let rows = this.#first; rows.length > 0; rows = this.#isWhole ? [] : this.#some()) {
      this.#last = { rows, from };
      await writer.put(session, rows, write);
      if (!this.#isWhole) this.#isStarted = true;
      from += rows.length;
    }
  }

  /** Ends the source of the records. */
  end(): void {
    if (!this.#isWhole) this.#source.end();
  }

  /** The next rows: at most `rowsInMemory`, and at most about 4 MiB. */
  #some(): readonly RecordRow[] {
    const rows: RecordRow[] = [];
    let characters = 0;
    while (rows.length < this.#options.rowsInMemory && characters < CHARACTERS_MAX) {
      const row = this.#source.next();
      if (row === undefined) {
        // Rows that came before have been sent, and are gone.
        this.#isWhole = !this.#isStarted;
        return rows;
      }
      rows.push(row);
      for (const value of row.values) characters += value?.length ?? 0;
    }
    return rows;
  }

  *#all(): Generator<readonly SentValue[]> {
    for (const { values } of this.#first) yield values;
    if (this.#isWhole) return;
    for (let row = this.#source.next(); row !== undefined; row = this.#source.next()) yield row.values;
  }
}
