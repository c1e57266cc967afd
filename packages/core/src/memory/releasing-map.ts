// A map whose removed values are garbage at once.
//
// A value removed from a `Map` is garbage, but a young garbage collection may not see that. A `Map` keeps its entries
// in a table and allocates a new table when the old one is full of holes. The old table refers to the new one, for
// iterators in progress, and to the values that were present at that moment. Once one table lies among old objects,
// which only a full collection visits, every later table counts as alive, and with it the values of all tables. An
// engine that forgets a batch and takes the next one then copied each batch's records twice into old memory, instead of
// dropping the records in young memory. In this map the tables refer to boxes, and a removed value leaves its box.

interface Box<V> {
  value: V | undefined;
}

/**
 * A `Map` for short-lived entries with large values: blocks, RDDs, batches. In the order of insertion. The map may be
 * changed during an iteration, as with `Map`. Keys are not released in this way: use names, numbers and other small
 * values.
 */
export class ReleasingMap<K, V> implements Iterable<[K, V]> {
  readonly #boxes = new Map<K, Box<V>>();

  /** The number of entries. */
  get size(): number {
    return this.#boxes.size;
  }

  /** True when there is an entry. */
  has(key: K): boolean {
    return this.#boxes.has(key);
  }

  /** The value; undefined when there is none. */
  get(key: K): V | undefined {
    return this.#boxes.get(key)?.value;
  }

  /** Sets a value, or replaces the value of the key. */
  set(key: K, value: V): this {
    const box = this.#boxes.get(key);
    if (box === undefined) this.#boxes.set(key, { value });
    else box.value = value;
    return this;
  }

  /** Removes an entry and releases its value; false when there was none. */
  delete(key: K): boolean {
    const box = this.#boxes.get(key);
    if (box === undefined) return false;
    box.value = undefined;
    return this.#boxes.delete(key);
  }

  /** Removes all entries and releases their values. */
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
