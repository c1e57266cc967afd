// String interning for decoded log entries. Decoding makes a new string every time, and the entries of a log of blocks
// repeat few values: segment, executor, durability. A driver keeps these strings for as long as the blocks wait, and
// its garbage collector has to trace each one.

/** The most strings in memory; then all are forgotten, and the next strings are kept. */
const TEXTS_MAX = 1_024;

/** Strings of one kind that have been seen. */
export class StringInterner {
  readonly #texts = new Map<string, string>();
  #last = '';

  /** The first string equal to this one, as far as still in memory. */
  share<Text extends string>(text: Text): Text {
    // Comparing with the last string is quicker than a look-up, and mostly succeeds. Equal strings are of one type.
    if (text === this.#last) return this.#last as Text;
    const known = this.#texts.get(text) ?? this.#keep(text);
    this.#last = known;
    return known as Text;
  }

  #keep(text: string): string {
    if (this.#texts.size >= TEXTS_MAX) this.#texts.clear();
    this.#texts.set(text, text);
    return text;
  }
}
