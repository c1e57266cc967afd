// A queue of records: an array with a moving head. `Array.shift` moves all other elements, or makes a new array at the
// next push.

/** The place of the head from which on the array is shortened: rarely, and by at least half. */
const COMPACTED_FROM = 512;

/** First in, first out. */
export class RecordQueue<T> {
  #items: (T | undefined)[] = [];
  #head = 0;

  /** Number of waiting items. */
  get length(): number {
    return this.#items.length - this.#head;
  }

  /** The oldest item; undefined for an empty queue. */
  get first(): T | undefined {
    return this.#items[this.#head];
  }

  push(item: T): void {
    this.#items.push(item);
  }

  /** Removes the oldest item. The queue must not be empty. */
  shift(): T {
    const item = this.#items[this.#head] as T;
    // The item must not be held by its old place.
    this.#items[this.#head] = undefined;
    this.#head += 1;
    if (this.#head >= COMPACTED_FROM && 2 * this.#head >= this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return item;
  }
}
