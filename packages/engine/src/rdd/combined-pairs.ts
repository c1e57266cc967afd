// One pair for each key, with a value that grows as values come in: the core of every operator that combines by
// key. The same class combines on the map side, merges on the reading side, and does both at once where no record
// has to move.
import { copyCombiner } from './copy-combiner.ts';
import { KeyedMap } from './keyed-map.ts';
import type { Pair } from './pair.ts';
import type { RecordSink } from './record-sink.ts';
import { requirePair } from './required-pair.ts';
import { synchronous } from './synchronous.ts';

/** The functions that turn the values of a key into one combiner. */
export interface Combining<V, C> {
  /** The name of the operator with these functions. */
  readonly operator: string;
  readonly create: (value: V) => C;
  readonly mergeValue: (combiner: C, value: V) => C;
  readonly mergeCombiners: (left: C, right: C) => C;
  /** Returns a combiner that merging may change, made from a combiner out of a shuffle. */
  readonly own: (combiner: C) => C;
}

/** Combines pairs. For a single use by one task; returns the pairs in the order of their keys' first arrival. */
export class CombinedPairs<K, V, C> implements RecordSink<Pair<K, V>> {
  readonly #pairs = new KeyedMap<K, [K, C]>();
  readonly #combining: Combining<V, C>;
  /**
   * Pairs whose combiner came in as an object that other tasks read as well: copied before merging may change the
   * combiner.
   */
  readonly #lent = new Set<[K, C]>();

  constructor(combining: Combining<V, C>) {
    this.#combining = combining;
  }

  /** Adds a value. */
  push(pair: Pair<K, V>): void {
    this.addTo(this.find(pair), pair);
  }

  /**
   * The pair with the key of this pair, if there is one.
   *
   * @throws `MR_RDD_RECORD_NOT_PAIR`, `MR_RDD_UNSUPPORTED_KEY`: nothing has changed.
   */
  find(pair: Pair<K, V>): [K, C] | undefined {
    requirePair(this.#combining.operator, pair);
    return this.#pairs.getOrRefuse(pair[0]);
  }

  /** Adds a value; `known` is the result of `find`. */
  addTo(known: [K, C] | undefined, pair: Pair<K, V>): void {
    if (known === undefined) {
      const { operator, create } = this.#combining;
      this.#add([pair[0], synchronous(operator, create(pair[1]))], pair[1]);
      return;
    }
    this.#merged(known, this.#combining.mergeValue(this.#own(known), pair[1]), pair[1]);
  }

  /** Adds a combiner of another map task. */
  addCombiner(pair: Pair<K, C>): void {
    const known = this.#pairs.get(pair[0]);
    if (known === undefined) this.#add([pair[0], this.#combining.own(pair[1])], pair[1]);
    else this.#merged(known, this.#combining.mergeCombiners(this.#own(known), pair[1]), pair[1]);
  }

  /** The pairs, in an array that the caller may change. @throws `MR_RDD_FUNCTION_ASYNCHRONOUS`. */
  end(): [K, C][] {
    const { operator } = this.#combining;
    const pairs = [...this.#pairs.values()];
    for (const pair of pairs) synchronous(operator, pair[1]);
    return pairs;
  }

  #add(pair: [K, C], value: unknown): void {
    this.#pairs.set(pair[0], pair);
    this.#noteLent(pair, value);
  }

  #merged(pair: [K, C], combiner: C, value: unknown): void {
    pair[1] = synchronous(this.#combining.operator, combiner);
    this.#noteLent(pair, value);
  }

  #noteLent(pair: [K, C], value: unknown): void {
    if (typeof value === 'object' && value !== null && pair[1] === value) this.#lent.add(pair);
  }

  /** The combiner in a form that may be changed. */
  #own(pair: [K, C]): C {
    const combiner = pair[1];
    if (typeof combiner !== 'object' || !this.#lent.delete(pair)) return combiner;
    return copyCombiner(combiner);
  }
}
