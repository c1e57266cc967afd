// A growing buffer for bytes that come in pieces of any size. A view of a piece would keep the whole memory behind the piece,
// and an object for a piece of one byte takes a hundred bytes. Every piece is therefore copied. The count is the memory held,
// not the bytes sent.

/** Least size of a buffer that grows. */
const FIRST_BYTES = 1_024;
/** Largest announced body that gets its whole buffer at once. A larger buffer grows with the bytes. */
const WHOLE_BYTES = 65_536;

/** Parts of `HeldBytes`. */
export interface HeldBytesDeps {
  /** Most bytes in total; the caller enforces the bound. */
  readonly maxBytes: number;
  /** Announced size, if any. */
  readonly expectedBytes?: number | undefined;
  /** Counts memory: above 0 taken, below 0 given back. May throw to refuse. */
  readonly count: (bytes: number) => void;
}

/** A buffer that grows. */
export class HeldBytes {
  readonly #deps: HeldBytesDeps;
  #buffer = Buffer.alloc(0);
  #length = 0;

  constructor(deps: HeldBytesDeps) {
    this.#deps = deps;
  }

  /** Number of bytes appended. */
  get length(): number {
    return this.#length;
  }

  /** Copies a piece. @throws the error of `count`; the piece is then not held. */
  append(piece: Uint8Array): void {
    const needed = this.#length + piece.length;
    if (needed > this.#buffer.length) this.#grow(needed);
    this.#buffer.set(piece, this.#length);
    this.#length = needed;
  }

  /** Hands over the bytes in memory of their own. The memory stays counted, and this buffer is empty again. */
  take(): Buffer {
    const taken = this.#buffer;
    const length = this.#length;
    this.#buffer = Buffer.alloc(0);
    this.#length = 0;
    // A little room behind the bytes costs less than a copy.
    if (taken.length - length <= length >>> 3) return taken.subarray(0, length);
    const exact = Buffer.allocUnsafeSlow(length);
    taken.copy(exact, 0, 0, length);
    this.#deps.count(length - taken.length);
    return exact;
  }

  /** Allocates outside of Node's pool: a block that keeps the bytes would keep the pool. */
  #grow(needed: number): void {
    const { maxBytes, expectedBytes = 0 } = this.#deps;
    const isWhole = needed <= expectedBytes && expectedBytes <= WHOLE_BYTES;
    const doubled = Math.max(needed, this.#buffer.length * 2, this.#buffer.length === 0 ? 0 : FIRST_BYTES);
    const most = needed <= expectedBytes ? expectedBytes : Math.max(needed, maxBytes);
    const capacity = isWhole ? expectedBytes : Math.min(doubled, most);
    this.#deps.count(capacity - this.#buffer.length);
    const grown = Buffer.allocUnsafeSlow(capacity);
    this.#buffer.copy(grown, 0, 0, this.#length);
    this.#buffer = grown;
  }
}
