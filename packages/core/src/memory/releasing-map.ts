// A map whose removed values are free at once.
//
// What was removed from a `Map` is garbage, but a young garbage collection may not see it. A `Map` keeps its entries in
// a table and takes a new table when the old one is full of holes. The old table refers to the new one, for iterators
// that are still on it, and to the values that were there at that moment. Once one table lies among old objects, which
// only a full collection looks at, every later table counts as alive, and with it the values of all of them: of an
// engine that forgets a batch and takes the next, each batch's records were copied twice and moved to old memory
// instead of being dropped where they were made. Here the tables refer to boxes, and a removed value leaves its box.

interface Box<V> {
  value: V | undefined;
}

/**
 * A `Map` for entries that come and go, of which each holds much: blocks, RDDs, batches. In the order of insertion.
 * What is iterated over may be changed on the way, as with `Map`. Keys are not released in this way: use names,
 * numbers and other small things.
 */
export class ReleasingMap<K, V> implements Iterable<[K, V]> {
  readonly #boxes = new Map<K, Box<V>>();

  /** How many entries there are. */
  get size(): number {
    return this.#boxes.size;
  }

  /** Whether there is an entry. */
  has(key: K): boolean {
    return this.#boxes.has(key);
  }

  /** The value; undefined when there is none. */
  get(key: K): V | undefined {
    return this.#boxes.get(key)?.value;
  }

  /** Sets a value, in place of one that the key had. */
  set(key: K, value: V): this {
    const box = this.#boxes.get(key);
    if (box === undefined) this.#boxes.set(key, { value });
    else box.value = value;
    return this;
  }

  /** Removes an entry and lets go of its value; false when there was none. */
  delete(key: K): boolean {
    const box = this.#boxes.get(key);
    if (box === undefined) return false;
    box.value = undefined;
    return this.#boxes.delete(key);
  }

  /** Removes all entries and lets go of their values. */
  clear(): void {
    for (const box of this.#boxes.values()) box.value = undefined;
    this.#boxes.clear();
  }

  /** The keys, oldest first. */
  keys(): MapIterator<K> {
    return this.#boxes.keys();
  }

  /** The values, oldest first. */
  *values(): Generator<V> {
    for (const [, value] of this) yield value;
  }

  /** The entries, oldest first. */
  *[Symbol.iterator](): Generator<[K, V]> {
    for (const [key, { value }] of this.#boxes) yield [key, value as V];
  }
}
