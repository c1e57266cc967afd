// A JSON array of objects, parsed without ever holding the whole array: stream-json makes tokens of the text and
// assembles one element after the other. JSON has no place for a restart after a mistake, so the first mistake ends the
// file. The text is passed on cut after each `}`: an element ends there, and every element complete before a mistake
// has been delivered when the tokenizer fails.
import { Assembler } from 'stream-json/assembler.js';
import { jsonParser } from 'stream-json/parser.js';
import { replayError } from '../replay-errors.ts';
import { isRecord, type ParsedItem, type RecordParser } from './record-parser.ts';

/** Parses one JSON array in UTF-8, with or without a byte order mark. */
export class JsonArrayParser implements RecordParser {
  readonly #maxRecordBytes: number;
  readonly #decoder = new TextDecoder();
  readonly #tokenize = jsonParser({ streamValues: false });
  readonly #assembler = new Assembler<unknown[]>();
  #isStarted = false;
  #index = 0;
  /** The number of characters since the last complete element: the bound on the assembler's content. */
  #openCharacters = 0;

  constructor(options: { readonly maxRecordBytes: number }) {
    this.#maxRecordBytes = options.maxRecordBytes;
  }

  write(chunk: Uint8Array): ParsedItem[] {
    return this.#parse(this.#decoder.decode(chunk, { stream: true }));
  }

  end(): ParsedItem[] {
    const items = this.#parse(this.#decoder.decode());
    const isCut = !this.#isStarted || !this.#assembler.done;
    if (isCut && items.at(-1)?.kind !== 'unreadable') {
      items.push(this.#unreadable('expected a JSON array to be closed by ], the file ends before'));
    }
    return items;
  }

  #parse(text: string): ParsedItem[] {
    const items: ParsedItem[] = [];
    try {
      for (const piece of piecesOf(text)) this.#consume(piece, items);
    } catch (error) {
      items.push(this.#unreadable((error as Error).message, error));
    }
    return items;
  }

  #consume(piece: string, items: ParsedItem[]): void {
    this.#openCharacters += piece.length;
    const tokens = this.#tokenize(piece);
    for (const token of typeof tokens === 'symbol' ? [] : tokens.values) {
      if (!this.#isStarted && token.name !== 'startArray') {
        throw new TypeError(`expected a JSON array of objects, got ${token.name}`);
      }
      this.#isStarted = true;
      this.#assembler.consume(token);
      this.#takeElement(items);
    }
    if (this.#openCharacters > this.#maxRecordBytes) throw this.#tooLong();
  }

  /** Removes a complete element from the assembler's array, so that the array never grows. */
  #takeElement(items: ParsedItem[]): void {
    const elements = this.#assembler.current;
    if (this.#assembler.depth !== 1 || elements === null || elements.length === 0) return;
    const value = elements.pop();
    // A piece ends at the end of an object: only this element and its predecessors are open.
    if (isRecord(value) && this.#openCharacters > this.#maxRecordBytes) throw this.#tooLong();
    const position = { index: this.#index++ };
    this.#openCharacters = 0;
    if (isRecord(value)) items.push({ kind: 'record', position, record: value });
    else items.push({ kind: 'malformed', position, problem: 'expected a JSON object' });
  }

  #tooLong(): RangeError {
    return new RangeError(`expected at most ${this.#maxRecordBytes} bytes an element; raise maxRecordBytes`);
  }

  #unreadable(problem: string, cause?: unknown): ParsedItem {
    const message = `the JSON array cannot be parsed after ${this.#index} elements: ${problem}`;
    const error = replayError('MR_REPLAY_MALFORMED_FILE', message, {
      details: { elements: this.#index },
      cause,
    });
    return { kind: 'unreadable', error };
  }
}

function* piecesOf(text: string): Generator<string> {
  let from = 0;
  for (let end = text.indexOf('}'); end >= 0; end = text.indexOf('}', from)) {
    yield text.slice(from, end + 1);
    from = end + 1;
  }
  if (from < text.length) yield text.slice(from);
}
