// Cuts a stream of bytes into whole lines without looking at more than the line ends: text stays bytes until a job
// reads it. A text receiver pushes the chunks of its source and stores the pieces it gets back with `storeText`.
//
//   chunk     …rest of a line\n line\n line\n start of a li
//             └── joined ─────┘ └── as it is ─┘ └── held ──┘
//
// Only the line that crosses two chunks is copied. What is held is bounded by `maxLineBytes`: a longer line is left
// out while it passes by, however long it is, and shows up as one piece of its own so that nobody loses it silently.

/** A run of the input, in the order of the input. */
export type TextPiece = TextLines | LongLine;

/** Whole lines, each ended by `\n`: what `storeText` takes. */
export interface TextLines {
  readonly kind: 'lines';
  readonly bytes: Uint8Array;
  readonly lineCount: number;
  /** How many bytes of input there were up to the end of the last of these lines: the place to go on behind them. */
  readonly endByte: number;
}

/** A line above the bound was left out. Comes as soon as the bound is passed, once for each such line. */
export interface LongLine {
  readonly kind: 'long-line';
}

/** What a `LineCutter` takes. */
export interface LineCutterOptions {
  /** The longest line that is kept, in bytes without its `\n`; a `\r` before the `\n` counts. */
  readonly maxLineBytes: number;
  /**
   * Whether the input is a file from its first byte on: a UTF-8 byte order mark there is left out. Default false: such
   * bytes are text, as they are anywhere else.
   */
  readonly isFileStart?: boolean;
}

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
const BYTE_ORDER_MARK = Buffer.of(0xef, 0xbb, 0xbf);
const FIRST_HELD_BYTES = 1_024;
const LONG_LINE: LongLine = Object.freeze({ kind: 'long-line' });

/**
 * Cuts chunks of UTF-8, or of any encoding that has `\n` as the byte 10, into whole lines. `\r\n` becomes `\n`; a
 * `\r` elsewhere is part of its line. How the input was cut into chunks never shows in the lines.
 */
export class LineCutter {
  readonly #maxLineBytes: number;
  /** The start of the line whose end has not come yet; grows up to `maxLineBytes`. */
  #held = Buffer.alloc(0);
  #heldBytes = 0;
  #isSkipping = false;
  /** Bytes of input before the chunk that is being cut. */
  #inputBytes = 0;
  readonly #isFileStart: boolean;
  /** How many bytes of a byte order mark have come; undefined: what follows is text. */
  #markBytes: number | undefined;

  constructor(options: LineCutterOptions) {
    this.#maxLineBytes = options.maxLineBytes;
    this.#isFileStart = options.isFileStart ?? false;
    this.#markBytes = this.#isFileStart ? 0 : undefined;
  }

  /** How many bytes of an unfinished line are held back for the next chunk. */
  get heldBytes(): number {
    return this.#heldBytes + (this.#markBytes ?? 0);
  }

  /**
   * Takes the next chunk and answers what is complete with it. The chunk is given away: pieces are views of it, and
   * the lines in it may be moved together where a `\r` is taken out.
   */
  push(chunk: Uint8Array): readonly TextPiece[] {
    const bytes = asBuffer(chunk);
    return this.#markBytes === undefined ? this.#cut(bytes) : this.#cutStart(bytes, this.#markBytes);
  }

  /** A mark may come in pieces. Bytes that turn out to be none are text. */
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

  /** The input is at its end: an unfinished last line becomes a line. The cutter is then as new. */
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

  /** Ends the line that began in an earlier chunk, if there is one. Answers where the next line begins. */
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

  /** Counts the lines of bytes that end with a line end, leaving out those above the bound. They begin at `startByte`. */
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

  /** Keeps a copy of the start of a line. A view would keep, or lose, the whole chunk with it. */
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

  /** Doubles, so that a line that comes byte by byte is not copied each time. */
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

/** Node's `indexOf` for buffers is the fast one. */
function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function textLines(bytes: Buffer, lines: Pick<TextLines, 'lineCount' | 'endByte'>): TextLines {
  return { kind: 'lines', bytes: withoutCarriageReturns(bytes), ...lines };
}

/** Up to so many bytes are looked at and moved one by one: a native call costs more. */
const NEAR_BYTES = 16;

/**
 * Takes the `\r` out of every `\r\n`, in place. Costs one search where there is none. Text of nothing but `\r` takes a
 * few nanoseconds a byte, because what is near the last `\r` is found and moved without a native call.
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

/** The place of the next `\r` from `start` on; the length where there is none. */
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
