// One pair for each key, its value growing as values come in: the heart of every operator that combines by key. The
// same class combines on the map side, merges on the reading side, and does both at once where nothing has to move.
import { KeyedMap } from './keyed-map.ts';
import type { Pair } from './rdd.ts';
import type { Sink } from './rdd-definition.ts';

/** How the values of a key become one combiner. */
export interface Combining<V, C> {
  readonly create: (value: V) => C;
  readonly mergeValue: (combiner: C, value: V) => C;
  readonly mergeCombiners: (left: C, right: C) => C;
  /** Makes a combiner out of a shuffle fit to be changed, where merging may do that. */
  readonly own: (combiner: C) => C;
}

/** Combines pairs. Used by one task, once; gives its pairs in the order in which their keys came. */
export class CombinedPairs<K, V, C> implements Sink<Pair<K, V>> {
  readonly #pairs = new KeyedMap<K, [K, C]>();
  readonly #combining: Combining<V, C>;

  constructor(combining: Combining<V, C>) {
    this.#combining = combining;
  }

  /** Takes a value. */
  push(pair: Pair<K, V>): void {
    const known = this.#pairs.get(pair[0]);
    if (known === undefined) this.#pairs.set(pair[0], [pair[0], this.#combining.create(pair[1])]);
    else known[1] = this.#combining.mergeValue(known[1], pair[1]);
  }

  /** Takes what another map task has combined already. */
  addCombiner(pair: Pair<K, C>): void {
    const known = this.#pairs.get(pair[0]);
    if (known === undefined) this.#pairs.set(pair[0], [pair[0], this.#combining.own(pair[1])]);
    else known[1] = this.#combining.mergeCombiners(known[1], pair[1]);
  }

  /** The pairs, in an array that is the caller's. */
  end(): [K, C][] {
    return [...this.#pairs.values()];
  }
}
