// Bytes that come in pieces of any size, held in one buffer of our own. A view of a piece would keep the memory that the
// piece was read into, and an object for each piece takes a hundred times what a piece of one byte holds; so every piece
// is copied, and what is counted is the memory that is held.

/** The first buffer, where nothing says how much will come. */
const FIRST_BYTES = 1_024;
/** Up to this size the buffer is made for all of an announced body at once; a larger one grows as it comes. */
const WHOLE_BYTES = 65_536;

/** What `HeldBytes` takes. */
export interface HeldBytesParts {
  /** More never comes: who appends sees to that. */
  readonly maxBytes: number;
  /** How much will come, where that is known. */
  readonly expectedBytes?: number | undefined;
  /** Counts memory that is taken, and below 0 given back. What is thrown ends the appending. */
  readonly count: (bytes: number) => void;
}

/** A buffer that grows. */
export class HeldBytes {
  readonly #parts: HeldBytesParts;
  #buffer = Buffer.alloc(0);
  #length = 0;

  constructor(parts: HeldBytesParts) {
    this.#parts = parts;
  }

  /** How many bytes came. */
  get length(): number {
    return this.#length;
  }

  /** Copies a piece. @throws what `count` throws; the piece is then not held. */
  append(piece: Uint8Array): void {
    const needed = this.#length + piece.length;
    if (needed > this.#buffer.length) this.#grow(needed);
    this.#buffer.set(piece, this.#length);
    this.#length = needed;
  }

  /** The bytes, in memory of their own; nothing is held here any more, and what they take stays counted. */
  take(): Buffer {
    const taken = this.#buffer;
    const length = this.#length;
    this.#buffer = Buffer.alloc(0);
    this.#length = 0;
    // A little room behind the bytes costs less than a copy.
    if (taken.length - length <= length >>> 3) return taken.subarray(0, length);
    const exact = Buffer.allocUnsafeSlow(length);
    taken.copy(exact, 0, 0, length);
    this.#parts.count(length - taken.length);
    return exact;
  }

  /** Not from Node's pool: whoever keeps these bytes would keep the pool with them. */
  #grow(needed: number): void {
    const { maxBytes, expectedBytes = 0 } = this.#parts;
    const isWhole = needed <= expectedBytes && expectedBytes <= WHOLE_BYTES;
    const doubled = Math.max(needed, this.#buffer.length * 2, this.#buffer.length === 0 ? 0 : FIRST_BYTES);
    const most = needed <= expectedBytes ? expectedBytes : Math.max(needed, maxBytes);
    const capacity = isWhole ? expectedBytes : Math.min(doubled, most);
    this.#parts.count(capacity - this.#buffer.length);
    const grown = Buffer.allocUnsafeSlow(capacity);
    this.#buffer.copy(grown, 0, 0, this.#length);
    this.#buffer = grown;
  }
}
