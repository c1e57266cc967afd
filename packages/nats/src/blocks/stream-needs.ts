// The messages of one stream of blocks that must stay, as known to the driver. What may go is a prefix of the stream: single
// deletions cost a decision of the servers each. The prefix ends before the first message that a waiting block or a batch needs, and
// before the first hole: a message that the driver was not told of. An executor may register the block of a hole at any moment, until
// a later message has been known for the grace.
//
//   1 2 3 4 5 6 7 8      1, 2 released; 3 a hole; 4 needed; 5 released; 6 needed
//   ├───┘ may go         once the hole is older than the grace: up to 3

/** The most marks of time; then every second mark is dropped, which keeps messages longer than necessary. */
const MARKS_MAX = 256;

interface Mark {
  readonly sequence: number;
  readonly atMs: number;
}

/** See the header of this file. */
export class StreamNeeds {
  readonly #graceMs: number;
  /** How many blocks need a message. */
  readonly #needed = new Map<number, number>();
  /** The messages behind `#covered` that the driver was told of. */
  readonly #told = new Set<number>();
  /** Every message up to this one was told of, or is a hole that nobody waits for. */
  #covered = 0;
  #newest = 0;
  /** The newest message that was known at a time; both rise. */
  #marks: Mark[] = [];

  /** @param graceMs The longest time between storing and registering a block. */
  constructor(graceMs: number) {
    this.#graceMs = graceMs;
  }

  /** Messages in the account, for tests of bounds. */
  get size(): number {
    return this.#needed.size + this.#told.size;
  }

  /** A block needs these messages, until `drop`. */
  need(sequences: readonly number[]): void {
    for (const sequence of sequences) {
      this.#needed.set(sequence, (this.#needed.get(sequence) ?? 0) + 1);
      if (sequence > this.#covered) this.#told.add(sequence);
      this.#newest = Math.max(this.#newest, sequence);
    }
  }

  /** A block needs these messages no longer. */
  drop(sequences: readonly number[]): void {
    for (const sequence of sequences) {
      const count = this.#needed.get(sequence) ?? 0;
      if (count > 1) this.#needed.set(sequence, count - 1);
      else this.#needed.delete(sequence);
    }
  }

  /** The stream begins with this message: nothing before it is a hole. */
  begins(sequence: number): void {
    this.#cover(sequence - 1);
  }

  /** The first message that has to stay; everything before may go. `nowMs`: a time that does not go back. */
  firstToKeep(nowMs: number): number {
    this.#mark(nowMs);
    while (this.#told.delete(this.#covered + 1)) this.#covered += 1;
    let first = this.#covered + 1;
    for (const sequence of this.#needed.keys()) first = Math.min(first, sequence);
    return first;
  }

  /** Gives up the holes before messages that have been known for the grace. */
  #mark(nowMs: number): void {
    const old = this.#marks.findLastIndex(({ atMs }) => nowMs - atMs >= this.#graceMs);
    const mark = this.#marks[old];
    if (mark !== undefined) {
      this.#cover(mark.sequence);
      this.#marks.splice(0, old + 1);
    }
    if (this.#newest > (this.#marks.at(-1)?.sequence ?? this.#covered))
      this.#marks.push({ sequence: this.#newest, atMs: nowMs });
    // The later of two marks stays: it is older than no message before it.
    if (this.#marks.length > MARKS_MAX) this.#marks = this.#marks.filter((_, index) => index % 2 === 1);
  }

  #cover(sequence: number): void {
    if (sequence <= this.#covered) return;
    this.#covered = sequence;
    for (const told of this.#told) if (told <= sequence) this.#told.delete(told);
  }
}
