// The actions of an RDD: methods that run a job on the driver and return a promise. Each delegates to `actions.ts`.
import type { Action } from './action.ts';
import * as actions from './actions.ts';
import { copyCombiner } from './copy-combiner.ts';
import { hashPartition } from './hash-partition.ts';
import { KeptRdd } from './kept-rdd.ts';
import { KeyedMap } from './keyed-map.ts';
import { keyOf, map } from './narrow-operators.ts';
import type { OrTuple, Pair } from './pair.ts';
import type { NoPromise, OnlyIfPromise, RefusedUnlessUnknown } from './refused-function.ts';
import { requireFunction } from './required-function.ts';

/** An RDD with its actions. Every action rejects with `MR_RDD_NO_DRIVER` outside the driver. */
export class RddActions<out T> extends KeptRdd<T> {
  /** Runs any action; `chosen` defaults to all partitions. */
  runAction<P, R>(action: Action<T, P, R>, chosen?: readonly number[]): Promise<R> {
    return this.environment.runAction(this, action, chosen);
  }

  /** All records, in order of partition and position. */
  collect(): Promise<T[]> {
    return this.runAction(actions.collect<T>());
  }

  /** Number of records. */
  count(): Promise<number> {
    return this.runAction(actions.count());
  }

  /** Number of occurrences of each value. Records must be valid keys; the map finds them by value. */
  countByValue(): Promise<ReadonlyMap<T, number>> {
    return this.runAction(actions.countByValue<T>());
  }

  /** Number of pairs of each key. */
  countByKey<K, V>(this: RddActions<Pair<K, V>>): Promise<ReadonlyMap<K, number>> {
    const keys = this.environment.define(map(this, keyOf<K, V>));
    return this.environment.runAction(keys, actions.countByValue<K>());
  }

  /** All pairs, the last value of each key; the map finds keys by value. */
  async collectAsMap<K, V>(this: RddActions<Pair<K, V>>): Promise<ReadonlyMap<K, V>> {
    return new KeyedMap(await this.collect());
  }

  /** One value for every key, by an associative `fn`; the map finds keys by value. Nothing is shuffled. */
  reduceByKeyLocally<K, V>(
    this: RddActions<Pair<K, V>>,
    fn: (left: V, right: V) => V,
  ): Promise<ReadonlyMap<K, V>> {
    return this.runAction(actions.reduceByKeyLocally<K, V>(fn));
  }

  /** All values of a key. For pairs that are hashed by key, only one partition is searched. */
  lookup<K, V>(this: RddActions<Pair<K, V>>, key: K): Promise<V[]> {
    const { hashPartitions } = this;
    const chosen = hashPartitions === undefined ? undefined : [hashPartition(key, hashPartitions)];
    return this.runAction(actions.lookup<K, V>(key), chosen);
  }

  /** The first `n` records. Computes one partition after the other, and none that is not needed. */
  take(n: number): Promise<T[]> {
    return actions.take(this, n);
  }

  /** The first record; `MR_RDD_EMPTY_COLLECTION` when there is none. */
  first(): Promise<T> {
    return actions.first(this);
  }

  /** Whether there is no record. Computes as little as possible. */
  isEmpty(): Promise<boolean> {
    return actions.isEmpty(this);
  }

  /**
   * The `n` largest, largest first; of equal records the first ones, by partition and position. `compare` as for sorting
   * arrays; default: `naturalOrder`.
   */
  top(n: number, compare?: (left: T, right: T) => number): Promise<T[]> {
    return this.runAction(actions.top(n, compare));
  }

  /** The `n` smallest, smallest first; of equal records the first ones. `compare` as for `top`. */
  takeOrdered(n: number, compare?: (left: T, right: T) => number): Promise<T[]> {
    return this.runAction(actions.top(n, compare, 'takeOrdered'));
  }

  /** The largest record; `MR_RDD_EMPTY_COLLECTION` when there is none. `compare` as for `top`. */
  max(compare?: (left: T, right: T) => number): Promise<T> {
    return this.runAction(actions.extreme('max', compare));
  }

  /** The smallest record; `MR_RDD_EMPTY_COLLECTION` when there is none. `compare` as for `top`. */
  min(compare?: (left: T, right: T) => number): Promise<T> {
    return this.runAction(actions.extreme('min', compare));
  }

  /** Reduces all records by an associative `fn`; `MR_RDD_EMPTY_COLLECTION` when there are none. */
  reduce(fn: (left: T, right: T) => T): Promise<T> {
    return this.runAction(actions.reduce(fn));
  }

  /**
   * As `reduce`, beginning with a copy of `zero` in every partition and once more when merging: `zero` must be
   * neutral.
   */
  fold(zero: T, fn: (left: T, right: T) => T): Promise<T> {
    requireFunction('fold', fn);
    return this.runAction(actions.aggregate(() => copyCombiner(zero), fn, fn));
  }

  /** Folds every partition from a new `createZero()`, then merges the results with `combine`. */
  aggregate<P>(
    createZero: () => OrTuple<P>,
    add: (result: P, record: T) => OrTuple<P>,
    combine: (left: P, right: P) => OrTuple<P>,
    ...refused: OnlyIfPromise<P>
  ): RefusedUnlessUnknown<P, Promise<P>>;
  aggregate<U>(
    createZero: () => OrTuple<U>,
    add: (result: U, record: T) => OrTuple<U>,
    combine: (left: U, right: U) => OrTuple<U>,
  ): Promise<U>;
  aggregate<U>(
    createZero: () => OrTuple<U>,
    add: (result: U, record: T) => OrTuple<U>,
    combine: (left: U, right: U) => OrTuple<U>,
  ): unknown {
    return this.runAction(
      actions.aggregate(createZero as () => U, add as (r: U, t: T) => U, combine as (l: U, r: U) => U),
    );
  }

  /**
   * Calls `fn` for every record, on the executors. A repeated task may call `fn` again for the records of its
   * partition.
   */
  forEach<R>(fn: (record: T) => R, ..._refused: NoPromise<R>): Promise<void> {
    return this.runAction(actions.forEach(fn));
  }

  /**
   * Calls `fn` once for each partition, on the executors, and waits for the result. A repeated task calls `fn`
   * again.
   */
  foreachPartition(fn: (records: Iterable<T>, partition: number) => void | Promise<void>): Promise<void> {
    return this.runAction(actions.foreachPartition(fn));
  }
}
