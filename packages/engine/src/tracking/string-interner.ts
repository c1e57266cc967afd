// One memory for texts that are equal. What is decoded from a log brings a new text every time, and the entries of a
// log of blocks say the same few over and over: which segment, which executor, how durable. A driver keeps them for as
// long as the blocks wait, and its collector of garbage has to carry each.

/** How many texts are kept in mind; then all are forgotten, and the next ones are kept. */
const TEXTS_MAX = 1_024;

/** Texts of one kind that have been seen. */
export class StringInterner {
  readonly #texts = new Map<string, string>();
  #last = '';

  /** The first text that was equal to this one, as far as it is still in mind. */
  share<Text extends string>(text: Text): Text {
    // To compare with the last is quicker than to look up, and it is mostly that. Equal texts are of one type.
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
