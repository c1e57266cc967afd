// Newline-delimited JSON: one object per line. A wrong line harms no other line, so this parser always continues. A
// line longer than the bound is abandoned at once and skipped up to its end, so that a file without line ends cannot
// fill the memory.
import { isRecord, type ParsedItem, type RecordParser } from './record-parser.ts';

const LINE_END = 0x0a;

/** Parses newline-delimited JSON in UTF-8. Empty lines are skipped; a byte order mark and `\r` are tolerated. */
export class NdjsonParser implements RecordParser {
  readonly #maxRecordBytes: number;
  /** The beginning of an incomplete line. */
  #tail: Uint8Array[] = [];
  #tailBytes = 0;
  /** True while the rest of a too long line is skipped. */
  #isDiscarding = false;
  #line = 0;
  #index = 0;

  constructor(options: { readonly maxRecordBytes: number }) {
    this.#maxRecordBytes = options.maxRecordBytes;
  }

  write(chunk: Uint8Array): ParsedItem[] {
    const items: ParsedItem[] = [];
    let from = 0;
    for (let end = chunk.indexOf(LINE_END); end >= 0; end = chunk.indexOf(LINE_END, from)) {
      this.#takeLine(chunk.subarray(from, end), items);
      from = end + 1;
    }
    this.#keep(chunk.subarray(from), items);
    return items;
  }

  end(): ParsedItem[] {
    const items: ParsedItem[] = [];
    if (this.#tailBytes > 0 && !this.#isDiscarding) this.#takeLine(new Uint8Array(0), items);
    return items;
  }

  #takeLine(last: Uint8Array, items: ParsedItem[]): void {
    this.#line += 1;
    const length = this.#tailBytes + last.length;
    const bytes = this.#tail.length === 0 ? last : Buffer.concat([...this.#tail, last]);
    this.#tail = [];
    this.#tailBytes = 0;
    if (this.#isDiscarding) this.#isDiscarding = false;
    else if (length > this.#maxRecordBytes) items.push(this.#tooLong(this.#line));
    else this.#parse(bytes, items);
  }

  /** Keeps the open line, while the line may still become a record. */
  #keep(bytes: Uint8Array, items: ParsedItem[]): void {
    if (bytes.length === 0 || this.#isDiscarding) return;
    this.#tail.push(bytes);
    this.#tailBytes += bytes.length;
    if (this.#tailBytes <= this.#maxRecordBytes) return;
    items.push(this.#tooLong(this.#line + 1));
    this.#tail = [];
    this.#tailBytes = 0;
    this.#isDiscarding = true;
  }

  #parse(bytes: Uint8Array, items: ParsedItem[]): void {
    const text = textOf(bytes, this.#line === 1);
    if (text === '') return;
    const position = { index: this.#index++, line: this.#line };
    try {
      const value: unknown = JSON.parse(text);
      if (isRecord(value)) items.push({ kind: 'record', position, record: value });
      else items.push({ kind: 'malformed', position, problem: 'expected a JSON object' });
    } catch (error) {
      items.push({ kind: 'malformed', position, problem: (error as SyntaxError).message });
    }
  }

  #tooLong(line: number): ParsedItem {
    const problem = `expected at most ${this.#maxRecordBytes} bytes a line; raise maxRecordBytes for such lines`;
    return { kind: 'malformed', position: { index: this.#index++, line }, problem };
  }
}

function textOf(bytes: Uint8Array, isFirst: boolean): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8').trim();
  return isFirst ? text.replace(/^\uFEFF/, '').trimStart() : text;
}
