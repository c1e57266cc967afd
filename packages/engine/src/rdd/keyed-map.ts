// A map that finds keys by value. Primitive keys go straight into a `Map`; for a composite key the first object
// with its value goes in, and is found again through its text. So one map holds all keys, in order of insertion,
// and primitive keys cost the same as in a `Map`.
import { canonicalKey, unsupportedKey } from './key-equality.ts';

/** A map from keys, equal by value (see `key-equality.ts`), to values. Iterates in order of first insertion. */
export class KeyedMap<K, V> implements ReadonlyMap<K, V> {
  readonly #values = new Map<K, V>();
  /** Maps the text of a composite key to the object that represents the key. */
  #representatives: Map<string, K> | undefined;

  constructor(entries: Iterable<readonly [K, V]> = []) {
    for (const [key, value] of entries) this.set(key, value);
  }

  /** Number of keys. */
  get size(): number {
    return this.#values.size;
  }

  /** The value of a key; undefined when there is none. */
  get(key: K): V | undefined {
    return this.#values.get(isComposite(key) ? this.#representative(key) : key);
  }

  /** As `get`. @throws `MR_RDD_UNSUPPORTED_KEY` for a value that `set` would refuse. */
  getOrRefuse(key: K): V | undefined {
    if (isComposite(key)) {
      // Also before the first composite key: the text refuses.
      const text = canonicalKey(key);
      return this.#values.get(this.#representatives?.get(text) ?? key);
    }
    if (typeof key === 'function' || typeof key === 'symbol') throw unsupportedKey(key);
    return this.#values.get(key);
  }

  /** Whether there is a value for the key. */
  has(key: K): boolean {
    return this.#values.has(isComposite(key) ? this.#representative(key) : key);
  }

  /** Sets the value of a key. @throws `MR_RDD_UNSUPPORTED_KEY`. */
  set(key: K, value: V): this {
    if (!isComposite(key)) {
      if (typeof key === 'function' || typeof key === 'symbol') throw unsupportedKey(key);
      this.#values.set(key, value);
      return this;
    }
    const text = canonicalKey(key);
    const representatives = (this.#representatives ??= new Map<string, K>());
    const representative = representatives.get(text) ?? key;
    representatives.set(text, representative);
    this.#values.set(representative, value);
    return this;
  }

  /** Removes a key. @returns whether the key was present. */
  delete(key: K): boolean {
    if (!isComposite(key)) return this.#values.delete(key);
    const text = canonicalKey(key);
    const representative = this.#representatives?.get(text);
    if (representative === undefined) return false;
    this.#representatives?.delete(text);
    return this.#values.delete(representative);
  }

  /** The keys. */
  keys(): MapIterator<K> {
    return this.#values.keys();
  }

  /** The values. */
  values(): MapIterator<V> {
    return this.#values.values();
  }

  /** Keys with values. */
  entries(): MapIterator<[K, V]> {
    return this.#values.entries();
  }

  /** The same as `entries`. */
  [Symbol.iterator](): MapIterator<[K, V]> {
    return this.#values.entries();
  }

  /** Calls `visit` for every key. */
  forEach(visit: (value: V, key: K, map: ReadonlyMap<K, V>) => void): void {
    for (const [key, value] of this.#values) visit(value, key, this);
  }

  /** The object in the map that represents a composite key; the key itself when there is none. */
  #representative(key: K): K {
    return this.#representatives?.get(canonicalKey(key)) ?? key;
  }
}

function isComposite(key: unknown): boolean {
  return typeof key === 'object' && key !== null;
}
