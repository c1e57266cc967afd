// One pair for each key, its value growing as values come in: the heart of every operator that combines by key. The
// same class combines on the map side, merges on the reading side, and does both at once where nothing has to move.
import { KeyedMap } from './keyed-map.ts';
import type { Pair } from './rdd.ts';
import type { Sink } from './rdd-definition.ts';
import { asynchronousFunction, synchronous } from './synchronous.ts';

/** How the values of a key become one combiner. */
export interface Combining<V, C> {
  /** The operator whose functions these are. */
  readonly operator: string;
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
    if (known === undefined) {
      const { operator, create } = this.#combining;
      this.#pairs.set(pair[0], [pair[0], synchronous(operator, create(pair[1]))]);
      return;
    }
    const merged = this.#combining.mergeValue(known[1], pair[1]);
    if (merged instanceof Promise) throw asynchronousFunction(this.#combining.operator, merged);
    known[1] = merged;
  }

  /** Takes what another map task has combined already. */
  addCombiner(pair: Pair<K, C>): void {
    const known = this.#pairs.get(pair[0]);
    if (known === undefined) this.#pairs.set(pair[0], [pair[0], this.#combining.own(pair[1])]);
    else {
      const merged = this.#combining.mergeCombiners(known[1], pair[1]);
      if (merged instanceof Promise) throw asynchronousFunction(this.#combining.operator, merged);
      known[1] = merged;
    }
  }

  /** The pairs, in an array that is the caller's. @throws `MR_RDD_FUNCTION_ASYNCHRONOUS`. */
  end(): [K, C][] {
    const { operator } = this.#combining;
    const pairs = [...this.#pairs.values()];
    for (const pair of pairs) synchronous(operator, pair[1]);
    return pairs;
  }
}
