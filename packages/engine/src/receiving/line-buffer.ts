// The lines of a block that is being filled, as bytes. Large pieces are kept uncopied. Small pieces are copied
// together: a piece of two bytes takes some four hundred as an object of its own with its memory, so a peer that sends
// a line a packet would use two hundred times the bytes that the bounds count.

/** Pieces below this are copied: the overhead of an object is small beside a larger piece. */
const COPIED_BELOW = 4_096;

const FIRST_BYTES = 1_024;
const LARGEST_BYTES = 65_536;

/** Collects lines in the order in which they come. */
export class LineBuffer {
  #chunks: Uint8Array[] = [];
  /** The target of small pieces. */
  #tail = Buffer.alloc(0);
  #tailBytes = 0;

  /** Adds whole lines, which the caller must not write to again. */
  add(lines: Uint8Array): void {
    if (lines.byteLength < COPIED_BELOW) {
      this.#copy(lines);
    } else {
      this.#endTail();
      this.#chunks.push(lines);
    }
  }

  /** Hands over everything, and is empty again. */
  take(): readonly Uint8Array[] {
    this.#endTail();
    const chunks = this.#chunks;
    this.#chunks = [];
    this.#tail = Buffer.alloc(0);
    return chunks;
  }

  #copy(lines: Uint8Array): void {
    if (this.#tailBytes + lines.byteLength > this.#tail.byteLength) {
      const doubled = Math.min(LARGEST_BYTES, Math.max(FIRST_BYTES, this.#tail.byteLength * 2));
      this.#endTail();
      this.#tail = Buffer.allocUnsafeSlow(Math.max(doubled, lines.byteLength));
    }
    this.#tail.set(lines, this.#tailBytes);
    this.#tailBytes += lines.byteLength;
  }

  /** Makes a chunk of the copied bytes; a block must not hold much unused memory. */
  #endTail(): void {
    if (this.#tailBytes === 0) return;
    const used = this.#tail.subarray(0, this.#tailBytes);
    const isMostlyUsed = this.#tailBytes >= this.#tail.byteLength / 2;
    this.#chunks.push(isMostlyUsed ? used : copyOf(used));
    this.#tail = Buffer.alloc(0);
    this.#tailBytes = 0;
  }
}

/** In memory of its own. */
function copyOf(bytes: Uint8Array): Buffer {
  const copy = Buffer.allocUnsafeSlow(bytes.byteLength);
  copy.set(bytes);
  return copy;
}
