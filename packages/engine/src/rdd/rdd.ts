// An RDD: the partitioned collection of one stream for one batch, and the way to compute the collection. An RDD
// holds no records. An operator makes another RDD at once and computes nothing; an action (a method that returns
// a promise, in `rdd-actions.ts`) runs a job. This file lists the operators of an RDD, and is long only for that reason:
// each operator returns RDDs, so all operators are in the file of the class, and each delegates to the file with the
// implementation, which returns a recipe. `OrTuple` in a signature lets `[word, 1]` be a pair without an annotation.
import type { AsyncCall } from './async-calls.ts';
import * as calls from './async-operators.ts';
import type { Eventual, EventualAll } from './async-operators.ts';
import type { AsyncOptions } from './async-options.ts';
import type { CombineOptions } from './combine-options.ts';
import * as joins from './join-operators.ts';
import * as narrow from './narrow-operators.ts';
import * as pairs from './pair-operators.ts';
import * as partitions from './partition-operators.ts';
import { RddActions } from './rdd-actions.ts';
import type { RddHome, RddRecipe } from './rdd-node.ts';
import * as sets from './set-operators.ts';
import * as shuffles from './shuffle-operators.ts';
import * as sorts from './sort-operators.ts';
import type {
  AsynchronousFunctionRefused,
  IterableOfPromises,
  OnlyIfPromise,
  OnlyPromise,
  OnlyPromises,
  RefusedUnlessUnknown,
} from './refused-function.ts';
import type { SortOptions } from './sort-operators.ts';
import type { OrTuple, Pair } from './pair.ts';

/** The environment of RDDs, as programs use it; `RddEnvironment` documents the members. */
export interface RddMaker extends RddHome {
  define<T>(recipe: RddRecipe<T>): RDD<T>;
  find(id: string): RDD<unknown> | undefined;
  parallelize<T>(records: Iterable<T>, partitions?: number): RDD<T>;
  empty<T>(): RDD<T>;
  union<T>(rdds: readonly RDD<T>[]): RDD<T>;
}

/** A partitioned collection of records. Made by an `RddEnvironment` and by operators, never by hand. */
export class RDD<out T> extends RddActions<T> {
  declare readonly environment: RddMaker;

  // Record by record

  /** Maps every record through `fn`. */
  map<P extends PromiseLike<unknown>>(
    fn: (record: T) => OrTuple<P>,
    ...refused: OnlyPromise<P>
  ): AsynchronousFunctionRefused;
  map<U>(fn: (record: T) => OrTuple<U>): RDD<U>;
  map<U>(fn: (record: T) => OrTuple<U>): unknown {
    return this.#derive(narrow.map(this, fn));
  }

  /** Replaces every record by the records of an iterable, none or many. */
  flatMap<I extends IterableOfPromises>(
    fn: (record: T) => I,
    ...refused: OnlyPromises<I>
  ): AsynchronousFunctionRefused;
  flatMap<U>(fn: (record: T) => Iterable<OrTuple<U>>): RDD<U>;
  flatMap<U>(fn: (record: T) => Iterable<OrTuple<U>>): unknown {
    return this.#derive(narrow.flatMap(this, fn));
  }

  /** Keeps the records for which `fn` returns true. */
  filter<S extends T>(fn: (record: T) => record is S): RDD<S>;
  filter(fn: (record: T) => boolean): RDD<T>;
  filter(fn: (record: T) => boolean): RDD<T> {
    return this.#derive(narrow.filter(this, fn));
  }

  /** Turns every record into a pair with the key that `fn` returns. */
  keyBy<P extends PromiseLike<unknown>>(
    fn: (record: T) => OrTuple<P>,
    ...refused: OnlyPromise<P>
  ): AsynchronousFunctionRefused;
  keyBy<K>(fn: (record: T) => OrTuple<K>): RDD<[K, T]>;
  keyBy<K>(fn: (record: T) => OrTuple<K>): unknown {
    return this.#derive(narrow.keyBy(this, fn));
  }

  // Record by record, with functions that answer later. A re-run of a task calls them again (ADR 0024).

  /** Maps every record through the result of `fn`, which may come later. */
  mapAsync<U>(fn: (record: T, call: AsyncCall) => Eventual<U>, options: Partial<AsyncOptions> = {}): RDD<U> {
    return this.#derive(calls.mapAsync(this, fn, options));
  }

  /** Replaces every record by the records of an iterable, which may come later. */
  flatMapAsync<U>(
    fn: (record: T, call: AsyncCall) => EventualAll<U>,
    options: Partial<AsyncOptions> = {},
  ): RDD<U> {
    return this.#derive(calls.flatMapAsync(this, fn, options));
  }

  /** Keeps the records for which `fn` returns true, at once or later. */
  filterAsync(
    fn: (record: T, call: AsyncCall) => boolean | PromiseLike<boolean>,
    options: Partial<AsyncOptions> = {},
  ): RDD<T> {
    return this.#derive(calls.filterAsync(this, fn, options));
  }

  // Partition by partition

  /**
   * Maps every partition as a whole through `fn`. The records are collected before; the result of `fn` is read
   * once. With `keepsKeys` the caller states that no record changes its key, so that a partitioning by key stays
   * known.
   */
  mapPartitions<I extends IterableOfPromises>(
    fn: (records: Iterable<T>, partition: number) => I,
    options?: { readonly keepsKeys?: boolean },
    ...refused: OnlyPromises<I>
  ): AsynchronousFunctionRefused;
  mapPartitions<U>(
    fn: (records: Iterable<T>, partition: number) => Iterable<OrTuple<U>>,
    options?: { readonly keepsKeys?: boolean },
  ): RDD<U>;
  mapPartitions<U>(
    fn: (records: Iterable<T>, partition: number) => Iterable<OrTuple<U>>,
    options: { readonly keepsKeys?: boolean } = {},
  ): unknown {
    return this.#derive(partitions.mapPartitions(this, fn, options));
  }

  /**
   * Zips each partition with the partition of another RDD with as many partitions (else
   * `MR_RDD_PARTITIONS_DIFFER`).
   */
  zipPartitions<U, I extends IterableOfPromises>(
    other: RDD<U>,
    fn: (left: Iterable<T>, right: Iterable<U>, partition: number) => I,
    options?: { readonly keepsKeys?: boolean },
    ...refused: OnlyPromises<I>
  ): AsynchronousFunctionRefused;
  zipPartitions<U, V>(
    other: RDD<U>,
    fn: (left: Iterable<T>, right: Iterable<U>, partition: number) => Iterable<OrTuple<V>>,
    options?: { readonly keepsKeys?: boolean },
  ): RDD<V>;
  zipPartitions<U, V>(
    other: RDD<U>,
    fn: (left: Iterable<T>, right: Iterable<U>, partition: number) => Iterable<OrTuple<V>>,
    options: { readonly keepsKeys?: boolean } = {},
  ): unknown {
    return this.#derive(partitions.zipPartitions(this, other, fn, options));
  }

  /**
   * One record for every partition: the partition's records folded from a new `createZero()`, without collecting
   * them.
   */
  aggregatePartitions<P>(
    createZero: () => OrTuple<P>,
    add: (result: P, record: T) => OrTuple<P>,
    ...refused: OnlyIfPromise<P>
  ): RefusedUnlessUnknown<P, RDD<P>>;
  aggregatePartitions<U>(createZero: () => OrTuple<U>, add: (result: U, record: T) => OrTuple<U>): RDD<U>;
  aggregatePartitions<U>(createZero: () => OrTuple<U>, add: (result: U, record: T) => OrTuple<U>): unknown {
    return this.#derive(
      partitions.aggregatePartitions(this, createZero as () => U, add as (result: U, record: T) => U),
    );
  }

  /** Turns every partition into one array. */
  glom(): RDD<T[]> {
    return this.#derive(partitions.mapPartitions(this, (records) => [Array.from(records)], {}));
  }

  /** The records of this RDD and the other RDDs, partitions of this one first. Nothing moves. */
  union(...others: readonly RDD<T>[]): RDD<T> {
    return this.environment.union<T>([this, ...others]);
  }

  /** Merges neighbouring partitions into fewer partitions. Nothing moves; a larger `count` changes nothing. */
  coalesce(count: number): RDD<T> {
    const fewer = partitions.coalesce(this, count);
    return fewer === undefined ? this : this.#derive(fewer);
  }

  // With a shuffle

  /**
   * Deals the records evenly onto `count` partitions, by turn. Records whose order may change when they are computed
   * again, because of an asynchronous operator with `ordered: false` or one that leaves records out, go to the partition
   * of their content instead: a repeated task then loses and doubles no record.
   */
  repartition(count: number): RDD<T> {
    return this.#derive(shuffles.repartition(this, count));
  }

  /** Every value once, in no order to rely on. Records must be valid keys. */
  distinct(count?: number): RDD<T> {
    return this.#derive(pairs.distinct(this, count));
  }

  /** The records that the other RDD does not have, as often as they are here. Records must be valid keys. */
  subtract(other: RDD<T>, count?: number): RDD<T> {
    return this.#derive(sets.subtract(this, other, count));
  }

  /** The values that both RDDs have, each once. Records must be valid keys. */
  intersection(other: RDD<T>, count?: number): RDD<T> {
    return this.#derive(sets.intersection(this, other, count));
  }

  /** Groups the records by the key that `fn` returns. */
  groupBy<P extends PromiseLike<unknown>>(
    fn: (record: T) => OrTuple<P>,
    count?: number,
    ...refused: OnlyPromise<P>
  ): AsynchronousFunctionRefused;
  groupBy<K>(fn: (record: T) => OrTuple<K>, count?: number): RDD<[K, T[]]>;
  groupBy<K>(fn: (record: T) => OrTuple<K>, count?: number): unknown {
    return this.keyBy(fn).groupByKey(count);
  }

  /**
   * All records in one partition, sorted by the result of `fn` (`naturalOrder`); equal records stay in their order.
   */
  sortBy<P extends PromiseLike<unknown>>(
    fn: (record: T) => OrTuple<P>,
    ...refused: OnlyPromise<P>
  ): AsynchronousFunctionRefused;
  sortBy<K>(fn: (record: T) => OrTuple<K>, options?: SortOptions<K>): RDD<T>;
  sortBy<K>(fn: (record: T) => OrTuple<K>, options: SortOptions<K> = {}): unknown {
    return this.#derive(sorts.sortBy(this, fn, options));
  }

  // Pairs

  /** All pairs in one partition, sorted by key. */
  sortByKey<K, V>(this: RDD<Pair<K, V>>, options: SortOptions<K> = {}): RDD<[K, V]> {
    return this.#derive(sorts.sortBy<[K, V], K>(this as RDD<[K, V]>, narrow.keyOf<K, V>, options));
  }

  /** The keys. */
  keys<K, V>(this: RDD<Pair<K, V>>): RDD<K> {
    return this.#derive(narrow.map(this, narrow.keyOf<K, V>));
  }

  /** The values. */
  values<K, V>(this: RDD<Pair<K, V>>): RDD<V> {
    return this.#derive(narrow.map(this, narrow.valueOf<K, V>));
  }

  /** Maps every value through `fn`; keys and partitioning stay. */
  mapValues<K, V, P extends PromiseLike<unknown>>(
    this: RDD<Pair<K, V>>,
    fn: (value: V) => OrTuple<P>,
    ...refused: OnlyPromise<P>
  ): AsynchronousFunctionRefused;
  mapValues<K, V, U>(this: RDD<Pair<K, V>>, fn: (value: V) => OrTuple<U>): RDD<[K, U]>;
  mapValues<K, V, U>(this: RDD<Pair<K, V>>, fn: (value: V) => OrTuple<U>): unknown {
    return this.#derive(narrow.mapValues(this, fn));
  }

  /** Replaces every value by none or many values; keys and partitioning stay. */
  flatMapValues<K, V, I extends IterableOfPromises>(
    this: RDD<Pair<K, V>>,
    fn: (value: V) => I,
    ...refused: OnlyPromises<I>
  ): AsynchronousFunctionRefused;
  flatMapValues<K, V, U>(this: RDD<Pair<K, V>>, fn: (value: V) => Iterable<OrTuple<U>>): RDD<[K, U]>;
  flatMapValues<K, V, U>(this: RDD<Pair<K, V>>, fn: (value: V) => Iterable<OrTuple<U>>): unknown {
    return this.#derive(narrow.flatMapValues(this, fn));
  }

  /** Maps every value through the result of `fn`, which may come later; keys and partitioning stay. */
  mapValuesAsync<K, V, U>(
    this: RDD<Pair<K, V>>,
    fn: (value: V, call: AsyncCall) => Eventual<U>,
    options: Partial<AsyncOptions> = {},
  ): RDD<[K, U]> {
    return this.#derive(calls.mapValuesAsync<K, V, U>(this, fn, options));
  }

  /** Replaces every value by none or many values, which may come later; keys and partitioning stay. */
  flatMapValuesAsync<K, V, U>(
    this: RDD<Pair<K, V>>,
    fn: (value: V, call: AsyncCall) => EventualAll<U>,
    options: Partial<AsyncOptions> = {},
  ): RDD<[K, U]> {
    return this.#derive(calls.flatMapValuesAsync<K, V, U>(this, fn, options));
  }

  /** Moves the pairs to the partitions of their keys. `count` defaults as for all operators that shuffle. */
  partitionBy<K, V>(this: RDD<Pair<K, V>>, count?: number): RDD<[K, V]> {
    const partitionCount = shuffles.shuffleCount([this], count);
    // The pairs are the same, because no operator changes them.
    if (this.hashPartitions === partitionCount) return this as RDD<[K, V]>;
    return this.#derive(shuffles.partitionBy(this, partitionCount));
  }

  /**
   * Reduces the values of every key to one value, by an associative `fn`. Values are combined before they move.
   * `count` partitions; default: as many as the pairs are already hashed into, else the environment's default
   * parallelism.
   */
  reduceByKey<K, V>(this: RDD<Pair<K, V>>, fn: (left: V, right: V) => V, count?: number): RDD<[K, V]> {
    return this.#derive(pairs.reduceByKey(this, fn, count));
  }

  /** All values of every key, in order of partition and position. */
  groupByKey<K, V>(this: RDD<Pair<K, V>>, count?: number): RDD<[K, V[]]> {
    return this.#derive(pairs.groupByKey(this, count));
  }

  /** The general form of combining by key; the combiners may be changed in place. */
  combineByKey<K, V, P>(
    this: RDD<Pair<K, V>>,
    create: (value: V) => OrTuple<P>,
    mergeValue: (combiner: P, value: V) => OrTuple<P>,
    mergeCombiners: (left: P, right: P) => OrTuple<P>,
    options?: CombineOptions,
    ...refused: OnlyIfPromise<P>
  ): RefusedUnlessUnknown<P, RDD<[K, P]>>;
  combineByKey<K, V, C>(
    this: RDD<Pair<K, V>>,
    create: (value: V) => OrTuple<C>,
    mergeValue: (combiner: C, value: V) => OrTuple<C>,
    mergeCombiners: (left: C, right: C) => OrTuple<C>,
    options?: CombineOptions,
  ): RDD<[K, C]>;
  combineByKey<K, V, C>(
    this: RDD<Pair<K, V>>,
    create: (value: V) => OrTuple<C>,
    mergeValue: (combiner: C, value: V) => OrTuple<C>,
    mergeCombiners: (left: C, right: C) => OrTuple<C>,
    options: CombineOptions = {},
  ): unknown {
    return this.#derive(pairs.combineByKey(this, create, mergeValue, mergeCombiners, options));
  }

  /** Folds the values of every key, each key beginning with a new `createZero()`. */
  aggregateByKey<K, V, P>(
    this: RDD<Pair<K, V>>,
    createZero: () => OrTuple<P>,
    mergeValue: (combiner: P, value: V) => OrTuple<P>,
    mergeCombiners: (left: P, right: P) => OrTuple<P>,
    count?: number,
    ...refused: OnlyIfPromise<P>
  ): RefusedUnlessUnknown<P, RDD<[K, P]>>;
  aggregateByKey<K, V, C>(
    this: RDD<Pair<K, V>>,
    createZero: () => OrTuple<C>,
    mergeValue: (combiner: C, value: V) => OrTuple<C>,
    mergeCombiners: (left: C, right: C) => OrTuple<C>,
    count?: number,
  ): RDD<[K, C]>;
  aggregateByKey<K, V, C>(
    this: RDD<Pair<K, V>>,
    createZero: () => OrTuple<C>,
    mergeValue: (combiner: C, value: V) => OrTuple<C>,
    mergeCombiners: (left: C, right: C) => OrTuple<C>,
    count?: number,
  ): unknown {
    return this.#derive(pairs.aggregateByKey(this, createZero, mergeValue, mergeCombiners, count));
  }

  /** For every key of either RDD: all values of this one, and all of the other. */
  cogroup<K, V, W>(this: RDD<Pair<K, V>>, other: RDD<Pair<K, W>>, count?: number): RDD<[K, [V[], W[]]]> {
    return this.#derive(joins.cogroup(this, other, count));
  }

  /** Every value with every value of the same key in the other RDD. */
  join<K, V, W>(this: RDD<Pair<K, V>>, other: RDD<Pair<K, W>>, count?: number): RDD<[K, [V, W]]> {
    return this.#derive(joins.join(this, other, count));
  }

  /** As `join`, and a pair without a partner in the other RDD comes once with undefined. */
  leftOuterJoin<K, V, W>(
    this: RDD<Pair<K, V>>,
    other: RDD<Pair<K, W>>,
    count?: number,
  ): RDD<[K, [V, W | undefined]]> {
    return this.#derive(joins.leftOuterJoin(this, other, count));
  }

  /** As `join`, and a pair of the other RDD without a partner here comes once with undefined. */
  rightOuterJoin<K, V, W>(
    this: RDD<Pair<K, V>>,
    other: RDD<Pair<K, W>>,
    count?: number,
  ): RDD<[K, [V | undefined, W]]> {
    return this.#derive(joins.rightOuterJoin(this, other, count));
  }

  /** As `join`, and a pair without a partner on either side comes once with undefined. */
  fullOuterJoin<K, V, W>(
    this: RDD<Pair<K, V>>,
    other: RDD<Pair<K, W>>,
    count?: number,
  ): RDD<[K, [V | undefined, W | undefined]]> {
    return this.#derive(joins.fullOuterJoin(this, other, count));
  }

  /** The pairs whose keys the other RDD does not have, as often as they are here. */
  subtractByKey<K, V>(this: RDD<Pair<K, V>>, other: RDD<Pair<K, unknown>>, count?: number): RDD<[K, V]> {
    return this.#derive(sets.subtractByKey(this, other, count));
  }

  #derive<U>(recipe: RddRecipe<U>): RDD<U> {
    return this.environment.define(recipe);
  }
}
