// Comma-separated values after RFC 4180, parsed by csv-parse. The library receives whole rows only: a chunk is cut
// after its last line end, and the rest waits for the next chunk. After a failure, earlier rows are kept, and parsing
// starts again one line further on. A stray quote therefore costs one line; otherwise everything up to the next quote,
// or the rest of the file, would pass for one field.
import { CsvError, parse } from 'csv-parse/sync';
import { replayError } from '../replay-errors.ts';
import { firstLineEnd } from './first-line-end.ts';
import type { ParsedItem, RecordParser, ReplayRecord } from './record-parser.ts';
import type { CsvLayout } from './csv-layout.ts';

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/**
 * Parses CSV in UTF-8 into records of strings. Empty lines are skipped. Lines end with `\n` or `\r\n`, or with `\r`
 * alone if the first line does.
 */
export class CsvParser implements RecordParser {
  readonly #layout: CsvLayout;
  #columns: readonly string[] | undefined;
  /** Bytes that are not yet part of a row. */
  #open: Uint8Array = new Uint8Array(0);
  #isFirst = true;
  /** The byte that ends lines; a line feed until the end of the first line is known. */
  #lineEnd = LINE_FEED;
  #isLineEndKnown = false;
  /** Lines before `#open`. */
  #lines = 0;
  #index = 0;
  /** True while the rest of a too long line is skipped. */
  #isDiscarding = false;
  #isUnreadable = false;

  constructor(layout: CsvLayout) {
    this.#layout = layout;
    this.#columns = layout.columns;
  }

  write(chunk: Uint8Array): ParsedItem[] {
    const bytes = this.#isDiscarding ? this.#discard(chunk) : chunk;
    this.#open = this.#open.length === 0 ? bytes : Buffer.concat([this.#open, bytes]);
    if (!this.#findLineEnd(false)) return [];
    return this.#parse(this.#open.lastIndexOf(this.#lineEnd) + 1, false);
  }

  end(): ParsedItem[] {
    this.#findLineEnd(true);
    return this.#parse(this.#open.length, true);
  }

  /**
   * True when the line end is known. A carriage return may be the first half of `\r\n` until the next byte has come.
   */
  #findLineEnd(isLast: boolean): boolean {
    if (this.#isLineEndKnown) return true;
    const at = firstLineEnd(this.#open, this.#layout);
    const isCarriage = this.#open[at] === CARRIAGE_RETURN;
    const isCut = at < 0 || (isCarriage && at === this.#open.length - 1);
    if (isCut && !isLast && this.#open.length <= this.#layout.maxRecordBytes) return false;
    this.#isLineEndKnown = true;
    if (isCarriage && this.#open[at + 1] !== LINE_FEED) this.#lineEnd = CARRIAGE_RETURN;
    return true;
  }

  /** Parses the first `length` open bytes, starting again after each line that cannot be parsed. */
  #parse(length: number, isLast: boolean): ParsedItem[] {
    const items: ParsedItem[] = [];
    let end = length;
    while (end > 0 && !this.#isUnreadable) {
      const { failure, consumed } = this.#parseRows(this.#open.subarray(0, end), items);
      this.#advance(consumed);
      end -= consumed;
      if (failure === undefined || this.#mayStillClose(failure, isLast)) break;
      end -= this.#giveUpLine(failure.message, items);
    }
    if (!isLast && !this.#isUnreadable && this.#open.length > this.#layout.maxRecordBytes) {
      this.#giveUpLine(this.#tooLong(), items);
      this.#isDiscarding = true;
    }
    return items;
  }

  /** Passes rows to the library; returns the number of bytes in complete rows, and the failure, if any. */
  #parseRows(bytes: Uint8Array, items: ParsedItem[]): { consumed: number; failure?: CsvError } {
    let consumed = 0;
    const firstLine = this.#lines;
    const { maxRecordBytes, quote = '"', trim = false, relaxQuotes = false } = this.#layout;
    try {
      parse(bytes, {
        bom: this.#isFirst,
        delimiter: this.#layout.delimiter,
        record_delimiter: this.#lineEnd === CARRIAGE_RETURN ? ['\r'] : ['\r\n', '\n'],
        quote: quote === 'none' ? null : quote,
        trim,
        relax_quotes: relaxQuotes,
        relax_column_count: true,
        skip_empty_lines: true,
        on_record: (row: string[], place) => {
          const sizeBytes = place.bytes - consumed;
          consumed = place.bytes;
          this.#lines = firstLine + place.lines;
          this.#takeRow(row, sizeBytes > maxRecordBytes ? this.#tooLong() : undefined, items);
          return null;
        },
      });
      this.#lines += countLineEnds(bytes.subarray(consumed), this.#lineEnd);
      return { consumed: bytes.length };
    } catch (error) {
      if (!(error instanceof CsvError)) throw error;
      return { consumed, failure: error };
    }
  }

  #takeRow(row: string[], tooLong: string | undefined, items: ParsedItem[]): void {
    if (this.#isUnreadable) return;
    if (this.#columns === undefined) {
      const problem = tooLong ?? problemOfColumns(row);
      if (problem !== undefined) items.push(this.#unreadable(problem));
      this.#columns = row;
      return;
    }
    const position = { index: this.#index++, line: this.#lines };
    const problem = tooLong ?? problemOfLength(row.length, this.#columns.length);
    if (problem === undefined) items.push({ kind: 'record', position, record: recordOf(this.#columns, row) });
    else items.push({ kind: 'malformed', position, problem });
  }

  /** A quoted field may contain line ends: below the bound, the field's end may be in the next chunk. */
  #mayStillClose(failure: CsvError, isLast: boolean): boolean {
    const isOpen = failure.code === 'CSV_QUOTE_NOT_CLOSED';
    return isOpen && !isLast && this.#open.length <= this.#layout.maxRecordBytes;
  }

  /** Skips one line and returns its number of bytes. */
  #giveUpLine(problem: string, items: ParsedItem[]): number {
    const lineEnd = this.#open.indexOf(this.#lineEnd);
    const length = lineEnd < 0 ? this.#open.length : lineEnd + 1;
    this.#advance(length);
    this.#lines += 1;
    if (this.#columns === undefined)
      items.push(
        this.#unreadable(
          `the row of column names: ${problem}; give columns, or set quote, trim or relaxQuotes`,
        ),
      );
    else items.push({ kind: 'malformed', position: { index: this.#index++, line: this.#lines }, problem });
    return length;
  }

  /** Skips the rest of an abandoned line; returns the bytes behind the line. */
  #discard(chunk: Uint8Array): Uint8Array {
    const lineEnd = chunk.indexOf(this.#lineEnd);
    this.#isDiscarding = lineEnd < 0;
    return lineEnd < 0 ? chunk.subarray(chunk.length) : chunk.subarray(lineEnd + 1);
  }

  #advance(bytes: number): void {
    this.#open = this.#open.subarray(bytes);
    if (bytes > 0) this.#isFirst = false;
  }

  #tooLong(): string {
    return `expected at most ${this.#layout.maxRecordBytes} bytes a row; raise maxRecordBytes for such rows`;
  }

  #unreadable(problem: string): ParsedItem {
    this.#isUnreadable = true;
    const message = `the CSV file cannot be parsed after line ${this.#lines}: ${problem}`;
    const error = replayError('MR_REPLAY_MALFORMED_FILE', message, { details: { line: this.#lines } });
    return { kind: 'unreadable', error };
  }
}

/** The mistake in these column names, if any. */
export function problemOfColumns(columns: readonly string[]): string | undefined {
  const twice = columns.find((name, i) => columns.indexOf(name) !== i);
  if (twice !== undefined) return `expected different column names, got '${twice}' twice; give columns`;
  if (columns.includes('__proto__')) return "expected column names other than '__proto__'; give columns";
  return undefined;
}

function problemOfLength(got: number, expected: number): string | undefined {
  return got === expected ? undefined : `expected ${expected} fields, got ${got}`;
}

function countLineEnds(bytes: Uint8Array, lineEnd: number): number {
  let count = 0;
  for (const byte of bytes) if (byte === lineEnd) count += 1;
  return count;
}

function recordOf(columns: readonly string[], row: readonly string[]): ReplayRecord {
  const record: Record<string, unknown> = {};
  for (let i = 0; i < columns.length; i += 1) record[columns[i] as string] = row[i];
  return record;
}
