// The number of entries to ask for. The server counts entries and knows no bound in bytes, so the number follows from the sizes
// of the entries before: an answer stays within the bound unless entries become larger all at once.
const COUNT_FIRST = 8;
const COUNT_MAX = 5_000;
const GROWTH_MAX = 4;

/** The size of the next answer. */
export class AnswerSize {
  readonly #maxBytes: number;
  #count = COUNT_FIRST;

  /** @param maxBytes The largest wanted answer. */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** The number of entries to ask for. */
  get count(): number {
    return this.#count;
  }

  /** Learns from the bytes of the largest entry of an answer; 0 for an answer without entries. */
  learn(largest: number): void {
    if (largest === 0) return;
    const fitting = Math.floor(this.#maxBytes / largest);
    this.#count = Math.max(1, Math.min(fitting, this.#count * GROWTH_MAX, COUNT_MAX));
  }
}
