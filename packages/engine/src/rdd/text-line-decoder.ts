// Splits bytes into lines. Whole runs of lines are decoded in one go and then split, many times faster than line by
// line; only a line that goes on in the next chunk is kept as bytes until its end has come. Splitting at the byte
// of a line feed is safe: in UTF-8 no other character contains that byte. Bytes that are not UTF-8 become U+FFFD.
import { rddError } from './rdd-errors.ts';

/** Line ends and the length bound of lines. */
export interface TextLineDecoderOptions {
  /** Whether `\r\n` ends a line as well. Default: the `\r` belongs to the line, as it does anywhere else. */
  readonly carriageReturns?: boolean;
  /** Whether the text is a file from its first byte on: a byte order mark there is left out. Default false. */
  readonly isFileStart?: boolean;
  /** A line with more bytes is `MR_RDD_LINE_TOO_LONG`. Default: no limit, for text that was bounded before. */
  readonly maxLineBytes?: number;
  /** The origin of the text, for errors. */
  readonly name?: string;
}

const lineFeed = 0x0a;

/** Decodes one text, chunk by chunk. */
export class TextLineDecoder {
  readonly #options: TextLineDecoderOptions;
  /** A byte order mark that does not begin a file is text like any other. */
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  #unfinished: Uint8Array[] = [];
  #unfinishedBytes = 0;
  #isAtStart: boolean;

  constructor(options: TextLineDecoderOptions = {}) {
    this.#options = options;
    this.#isAtStart = options.isFileStart ?? false;
  }

  /** The lines that end in this chunk. The chunk's memory must not change until the decoder is done. */
  decode(chunk: Uint8Array): string[] {
    const end = chunk.lastIndexOf(lineFeed);
    const text = end < 0 ? undefined : this.#textOf(this.#withUnfinished(chunk.subarray(0, end)));
    if (end + 1 < chunk.length) this.#keep(chunk.subarray(end + 1));
    if (text === undefined) return [];
    const lines = text.split('\n');
    if (this.#options.carriageReturns !== true || !text.includes('\r')) return lines;
    return lines.map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line));
  }

  /** The last line, when no line feed followed. */
  end(): string[] {
    if (this.#unfinishedBytes === 0) return [];
    const isWholeFile = this.#isAtStart;
    const text = this.#textOf(this.#withUnfinished(new Uint8Array()));
    // A file that consists only of a byte order mark is empty.
    return isWholeFile && text === '' ? [] : [text];
  }

  #textOf(bytes: Uint8Array): string {
    const text = this.#decoder.decode(bytes);
    const isMarked = this.#isAtStart && text.startsWith('\ufeff');
    this.#isAtStart = false;
    return isMarked ? text.slice(1) : text;
  }

  #withUnfinished(bytes: Uint8Array): Uint8Array {
    if (this.#unfinishedBytes === 0) return bytes;
    const all = Buffer.concat([...this.#unfinished, bytes]);
    this.#unfinished = [];
    this.#unfinishedBytes = 0;
    return all;
  }

  #keep(bytes: Uint8Array): void {
    this.#unfinished.push(bytes);
    this.#unfinishedBytes += bytes.length;
    const { maxLineBytes = Infinity, name = 'text' } = this.#options;
    if (this.#unfinishedBytes <= maxLineBytes) return;
    throw rddError(
      'MR_RDD_LINE_TOO_LONG',
      `expected lines of at most ${maxLineBytes} bytes in ${name}, got a longer line; raise maxLineBytes if the file is text`,
      { details: { name, maxLineBytes } },
    );
  }
}
