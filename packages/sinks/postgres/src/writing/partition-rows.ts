// The rows of one partition on their way to the table. Few rows are kept in memory, so their transaction may run again; many are
// computed while they are sent, once:
//
//   records ─► first rows ──(no more)──► one statement                   may run again
//                   ├────(COPY)────► first lines ──(no more)──► COPY     may run again
//                   │                     └───────(more)──────► COPY
//                   └──────(more)──────► statements of some rows each
//
// Rows for COPY are kept as lines: a few long texts cost the collector of memory nothing beside many small values.
import type { SinkWrite } from '@millrace/core';
import type { Session } from '../connection/session.ts';
import { lineOfValues } from '../rows/copy-text.ts';
import type { RecordRow, RecordRows } from '../rows/record-rows.ts';
import type { TableWriter } from '../table/table-writer.ts';

/** Characters of rows in memory, about. One row may be larger. */
const CHARACTERS_MAX = 4_194_304;
/** Characters of one text for the connection, about. */
const TEXT_CHARACTERS = 65_536;

/** The bounds of a partition. */
export interface PartitionRowsOptions {
  /** The largest number of rows in memory. */
  readonly rowsInMemory: number;
  /** The number of rows from which on COPY is used. */
  readonly copyRows: number;
  /** False: COPY is not used. */
  readonly canCopy: boolean;
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
  /** In rows for statements, or in texts for COPY. */
  readonly #first: readonly RecordRow[];
  readonly #firstTexts: readonly string[] | undefined;
  #isWhole = false;
  #isStarted = false;
  #last: FailedRows | undefined;

  /** Reads the first rows. @throws RecordsFailed */
  constructor(source: RecordRows<unknown>, options: PartitionRowsOptions) {
    this.#source = source;
    this.#options = options;
    const { canCopy, copyRows, rowsInMemory } = options;
    const rows = this.#some(canCopy ? Math.min(copyRows, rowsInMemory) : rowsInMemory);
    const isCopied = canCopy && !this.#isWhole;
    this.#first = isCopied ? [] : rows;
    this.#firstTexts = isCopied ? this.#someTexts(rows) : undefined;
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
    if (this.#firstTexts !== undefined) {
      this.#last = undefined;
      this.#isStarted = !this.#isWhole;
      await writer.copy(session, this.#allTexts(this.#firstTexts));
      return;
    }
    let from = 0;
    for (
      let rows = this.#first;
      rows.length > 0;
      rows = this.#isWhole ? [] : this.#some(this.#options.rowsInMemory)
    ) {
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

  /** The next rows: at most this many, and at most about 4 MiB. */
  #some(rowsMax: number): readonly RecordRow[] {
    const rows: RecordRow[] = [];
    let characters = 0;
    while (rows.length < rowsMax && characters < CHARACTERS_MAX) {
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

  /** These rows and the next ones as texts: at most `rowsInMemory` rows in all, and at most about 4 MiB. */
  #someTexts(rows: readonly RecordRow[]): readonly string[] {
    const texts = [rows.map(({ values }) => lineOfValues(values)).join('')];
    let characters = texts[0]?.length ?? 0;
    while (this.#source.count < this.#options.rowsInMemory && characters < CHARACTERS_MAX) {
      const text = this.#nextText(this.#options.rowsInMemory - this.#source.count);
      if (text === '') {
        this.#isWhole = true;
        return texts;
      }
      texts.push(text);
      characters += text.length;
    }
    return texts;
  }

  *#allTexts(first: readonly string[]): Generator<string> {
    yield* first;
    if (this.#isWhole) return;
    for (let text = this.#nextText(Infinity); text !== ''; text = this.#nextText(Infinity)) yield text;
  }

  /** The lines of at most this many rows in one text; empty at the end. */
  #nextText(rowsMax: number): string {
    let text = '';
    for (let rows = 0; rows < rowsMax && text.length < TEXT_CHARACTERS; rows += 1) {
      const line = this.#source.nextLine();
      if (line === undefined) break;
      text += line;
    }
    return text;
  }
}
