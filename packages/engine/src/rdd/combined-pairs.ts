// One pair for each key, its value growing as values come in: the heart of every operator that combines by key. The
// same class combines on the map side, merges on the reading side, and does both at once where nothing has to move.
import { copyCombiner } from './copy-combiner.ts';
import { KeyedMap } from './keyed-map.ts';
import type { Pair } from './rdd.ts';
import type { Sink } from './rdd-definition.ts';
import { requirePair } from './required-pair.ts';
import { synchronous } from './synchronous.ts';

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
  /** Pairs whose combiner is an object that came in, and that others read as well: copied before merging may change it. */
  readonly #lent = new Set<[K, C]>();

  constructor(combining: Combining<V, C>) {
    this.#combining = combining;
  }

  /** Takes a value. */
  push(pair: Pair<K, V>): void {
    requirePair(this.#combining.operator, pair);
    const known = this.#pairs.get(pair[0]);
    if (known === undefined) {
      const { operator, create } = this.#combining;
      this.#add([pair[0], synchronous(operator, create(pair[1]))], pair[1]);
      return;
    }
    this.#merged(known, this.#combining.mergeValue(this.#own(known), pair[1]), pair[1]);
  }

  /** Takes what another map task has combined already. */
  addCombiner(pair: Pair<K, C>): void {
    const known = this.#pairs.get(pair[0]);
    if (known === undefined) this.#add([pair[0], this.#combining.own(pair[1])], pair[1]);
    else this.#merged(known, this.#combining.mergeCombiners(this.#own(known), pair[1]), pair[1]);
  }

  /** The pairs, in an array that is the caller's. @throws `MR_RDD_FUNCTION_ASYNCHRONOUS`. */
  end(): [K, C][] {
    const { operator } = this.#combining;
    const pairs = [...this.#pairs.values()];
    for (const pair of pairs) synchronous(operator, pair[1]);
    return pairs;
  }

  #add(pair: [K, C], given: unknown): void {
    this.#pairs.set(pair[0], pair);
    this.#noteLent(pair, given);
  }

  #merged(pair: [K, C], combiner: C, given: unknown): void {
    pair[1] = synchronous(this.#combining.operator, combiner);
    this.#noteLent(pair, given);
  }

  #noteLent(pair: [K, C], given: unknown): void {
    if (typeof given === 'object' && given !== null && pair[1] === given) this.#lent.add(pair);
  }

  /** The combiner, fit to be changed. */
  #own(pair: [K, C]): C {
    const combiner = pair[1];
    if (typeof combiner !== 'object' || !this.#lent.delete(pair)) return combiner;
    return copyCombiner(combiner);
  }
}
