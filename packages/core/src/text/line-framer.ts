// Splits a stream of bytes into whole lines and inspects only the line ends: text stays bytes until a job reads the
// text. A text receiver pushes the chunks of its source and stores the resulting pieces with `storeText`.
//
//   chunk     …rest of a line\n line\n line\n start of a li
//             └── joined ─────┘ └─ unchanged ─┘ └─ buffered ┘
//
// Only a line that crosses two chunks is copied. `maxLineBytes` bounds the buffered bytes: a longer line of any length
// is left out while it passes, and is reported as a separate piece, so that no line is lost silently.

/** A part of the input, in the order of the input. */
export type TextPiece = TextLines | LongLine;

/** Whole lines, each ended by `\n`: the argument of `storeText`. */
export interface TextLines {
  readonly kind: 'lines';
  readonly bytes: Uint8Array;
  readonly lineCount: number;
  /**
   * The number of input bytes up to the end of the last of these lines: the position for continuing behind the lines.
   */
  readonly endByte: number;
}

/** A line above the bound was left out. Reported as soon as the bound is exceeded, once for each such line. */
export interface LongLine {
  readonly kind: 'long-line';
}

/** Options of a `LineFramer`. */
export interface LineFramerOptions {
  /** The length of the longest accepted line, in bytes without its `\n`; a `\r` before the `\n` counts. */
  readonly maxLineBytes: number;
  /**
   * True when the input is a file from its first byte: a UTF-8 byte order mark at the beginning is removed. Default
   * false: such bytes are text, as in any other place.
   */
  readonly isFileStart?: boolean;
}

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
const BYTE_ORDER_MARK = Buffer.of(0xef, 0xbb, 0xbf);
const FIRST_HELD_BYTES = 1_024;
const LONG_LINE: LongLine = Object.freeze({ kind: 'long-line' });

/**
 * Splits chunks of UTF-8, or of any encoding with `\n` as the byte 10, into whole lines. `\r\n` becomes `\n`; a `\r`
 * elsewhere is part of its line. The division of the input into chunks never affects the lines.
 */
export class LineFramer {
  readonly #maxLineBytes: number;
  /** The start of an unfinished line; grows up to `maxLineBytes`. */
  #held = Buffer.alloc(0);
  #heldBytes = 0;
  #isSkipping = false;
  /** The number of input bytes before the current chunk. */
  #inputBytes = 0;
  readonly #isFileStart: boolean;
  /** The number of received bytes of a byte order mark; undefined: the following bytes are text. */
  #markBytes: number | undefined;

  constructor(options: LineFramerOptions) {
    this.#maxLineBytes = options.maxLineBytes;
    this.#isFileStart = options.isFileStart ?? false;
    this.#markBytes = this.#isFileStart ? 0 : undefined;
  }

  /** The number of buffered bytes of an unfinished line. */
  get heldBytes(): number {
    return this.#heldBytes + (this.#markBytes ?? 0);
  }

  /**
   * Accepts the next chunk and returns the completed pieces. The framer takes ownership of the chunk: pieces are views
   * of the chunk, and removing a `\r` moves lines inside the chunk.
   */
  push(chunk: Uint8Array): readonly TextPiece[] {
    const bytes = asBuffer(chunk);
    return this.#markBytes === undefined ? this.#cut(bytes) : this.#cutStart(bytes, this.#markBytes);
  }

  /** A mark may arrive in pieces. Bytes that turn out not to be a mark are text. */
  #cutStart(bytes: Buffer, before: number): readonly TextPiece[] {
    const rest = BYTE_ORDER_MARK.subarray(before, before + bytes.length);
    const isMark = rest.equals(bytes.subarray(0, rest.length));
    if (isMark && before + rest.length < BYTE_ORDER_MARK.length) {
      this.#markBytes = before + rest.length;
      return [];
    }
    this.#markBytes = undefined;
    if (!isMark) return [...this.#cut(Buffer.from(BYTE_ORDER_MARK.subarray(0, before))), ...this.#cut(bytes)];
    this.#inputBytes = BYTE_ORDER_MARK.length;
    return this.#cut(bytes.subarray(rest.length));
  }

  #cut(bytes: Buffer): readonly TextPiece[] {
    const pieces: TextPiece[] = [];
    const firstEnd = bytes.indexOf(LINE_FEED);
    if (firstEnd === -1) {
      this.#hold(bytes, pieces);
    } else {
      const start = this.#finishHeld(bytes, firstEnd, pieces);
      const end = bytes.lastIndexOf(LINE_FEED) + 1;
      this.#cutWhole(bytes.subarray(start, end), this.#inputBytes + start, pieces);
      this.#hold(bytes.subarray(end), pieces);
    }
    this.#inputBytes += bytes.length;
    return pieces;
  }

  /** Ends the input: an unfinished last line becomes a line. Resets the framer. */
  end(): readonly TextPiece[] {
    const begun = this.#markBytes ?? 0;
    this.#markBytes = undefined;
    const pieces = begun === 0 ? [] : this.#cut(Buffer.from(BYTE_ORDER_MARK.subarray(0, begun)));
    const last = this.#heldBytes === 0 ? [] : [this.#joinHeld(Buffer.of(LINE_FEED), this.#inputBytes)];
    this.#isSkipping = false;
    this.#inputBytes = 0;
    this.#markBytes = this.#isFileStart ? 0 : undefined;
    return [...pieces, ...last];
  }

  /** Ends the line of an earlier chunk, if there is one. Returns the start of the next line. */
  #finishHeld(bytes: Buffer, firstEnd: number, pieces: TextPiece[]): number {
    if (this.#isSkipping) {
      this.#isSkipping = false;
      return firstEnd + 1;
    }
    if (this.#heldBytes === 0) return 0;
    if (this.#heldBytes + firstEnd > this.#maxLineBytes) {
      this.#heldBytes = 0;
      pieces.push(LONG_LINE);
    } else {
      pieces.push(this.#joinHeld(bytes.subarray(0, firstEnd + 1), this.#inputBytes + firstEnd + 1));
    }
    return firstEnd + 1;
  }

  /**
   * Counts the lines of bytes that end with a line end, and leaves out lines above the bound. The bytes begin at
   * `startByte`.
   */
  #cutWhole(bytes: Buffer, startByte: number, pieces: TextPiece[]): void {
    let runStart = 0;
    let lineStart = 0;
    let lineCount = 0;
    for (let end = bytes.indexOf(LINE_FEED); end !== -1; end = bytes.indexOf(LINE_FEED, lineStart)) {
      if (end - lineStart > this.#maxLineBytes) {
        if (lineCount > 0) {
          const endByte = startByte + lineStart;
          pieces.push(textLines(bytes.subarray(runStart, lineStart), { lineCount, endByte }));
        }
        pieces.push(LONG_LINE);
        runStart = end + 1;
        lineCount = 0;
      } else {
        lineCount += 1;
      }
      lineStart = end + 1;
    }
    if (lineCount > 0) {
      pieces.push(textLines(bytes.subarray(runStart), { lineCount, endByte: startByte + lineStart }));
    }
  }

  /** Copies the start of a line. A view would hold the whole chunk in memory, or lose its content with the chunk. */
  #hold(bytes: Buffer, pieces: TextPiece[]): void {
    if (bytes.length === 0 || this.#isSkipping) return;
    const neededBytes = this.#heldBytes + bytes.length;
    if (neededBytes > this.#maxLineBytes) {
      this.#isSkipping = true;
      this.#heldBytes = 0;
      pieces.push(LONG_LINE);
      return;
    }
    if (neededBytes > this.#held.length) this.#grow(neededBytes);
    bytes.copy(this.#held, this.#heldBytes);
    this.#heldBytes = neededBytes;
  }

  /** Doubles the buffer, so that a line arriving byte by byte is not copied for each byte. */
  #grow(neededBytes: number): void {
    const doubledBytes = Math.max(FIRST_HELD_BYTES, this.#held.length * 2, neededBytes);
    const grown = Buffer.allocUnsafeSlow(Math.min(doubledBytes, this.#maxLineBytes));
    this.#held.copy(grown, 0, 0, this.#heldBytes);
    this.#held = grown;
  }

  #joinHeld(rest: Buffer, endByte: number): TextLines {
    const line = Buffer.allocUnsafeSlow(this.#heldBytes + rest.length);
    this.#held.copy(line, 0, 0, this.#heldBytes);
    rest.copy(line, this.#heldBytes);
    this.#heldBytes = 0;
    return textLines(line, { lineCount: 1, endByte });
  }
}

/** Node's `indexOf` for buffers is the fast implementation. */
function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function textLines(bytes: Buffer, lines: Pick<TextLines, 'lineCount' | 'endByte'>): TextLines {
  return { kind: 'lines', bytes: withoutCarriageReturns(bytes), ...lines };
}

/** The distance in bytes for byte-by-byte searches and moves: a native call costs more below this distance. */
const NEAR_BYTES = 16;

/**
 * Removes the `\r` of every `\r\n`, in place. Costs one search when there is none. Text of nothing but `\r` takes a few
 * nanoseconds per byte, because bytes near the last `\r` are found and moved without a native call.
 */
function withoutCarriageReturns(bytes: Buffer): Buffer {
  let from = bytes.indexOf(CARRIAGE_RETURN);
  if (from === -1) return bytes;
  let to = from;
  let isDense = true;
  while (from < bytes.length) {
    const kept = bytes[from + 1] === LINE_FEED ? from + 1 : from;
    const end = nextCarriageReturn(bytes, from + 1, isDense);
    isDense = end - from <= NEAR_BYTES;
    if (to < kept) move(bytes, { from: kept, end, to });
    to += end - kept;
    from = end;
  }
  return bytes.subarray(0, to);
}

/** The position of the next `\r` from `start` on; the length when there is none. */
function nextCarriageReturn(bytes: Buffer, start: number, isDense: boolean): number {
  const near = isDense ? Math.min(start + NEAR_BYTES, bytes.length) : start;
  for (let at = start; at < near; at += 1) if (bytes[at] === CARRIAGE_RETURN) return at;
  const next = near < bytes.length ? bytes.indexOf(CARRIAGE_RETURN, near) : -1;
  return next === -1 ? bytes.length : next;
}

/** Moves bytes towards the front. */
function move(bytes: Buffer, { from, end, to }: { from: number; end: number; to: number }): void {
  if (end - from > NEAR_BYTES) {
    bytes.copyWithin(to, from, end);
    return;
  }
  for (let offset = 0; offset < end - from; offset += 1) bytes[to + offset] = bytes[from + offset] ?? 0;
}
