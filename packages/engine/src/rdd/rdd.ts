// An RDD: the partitioned collection of one stream for one batch, and the way to compute the collection. An RDD
// holds no records. An operator makes another RDD at once and computes nothing; an action (the methods that return
// a promise) runs a job. This file lists the operators and actions of an RDD, and is long only for that reason:
// each method delegates to the file with the implementation. `OrTuple` in a signature lets `[word, 1]` be a pair
// without an annotation.
import type { ExecutorId } from '@millrace/core';
import type { Action } from './action.ts';
import * as actions from './actions.ts';
import type { AsyncCall } from './async-calls.ts';
import * as calls from './async-operators.ts';
import type { Eventual, EventualAll } from './async-operators.ts';
import type { AsyncOptions } from './async-options.ts';
import { copyCombiner } from './copy-combiner.ts';
import { hashPartition } from './hash-partition.ts';
import * as joins from './join-operators.ts';
import { KeyedMap } from './keyed-map.ts';
import * as lineage from './lineage.ts';
import * as narrow from './narrow-operators.ts';
import * as pairs from './pair-operators.ts';
import * as partitions from './partition-operators.ts';
import type { Dependency, RddDefinition } from './rdd-definition.ts';
import type { RddEnvironment } from './rdd-environment.ts';
import type { RecordErrorRule } from '../record-errors/record-error-rule.ts';
import { requireFunction } from './required-function.ts';
import * as sets from './set-operators.ts';
import * as shuffles from './shuffle-operators.ts';
import * as sorts from './sort-operators.ts';
import type {
  AsynchronousFunctionRefused,
  IterableOfPromises,
  NoPromise,
  OnlyIfPromise,
  OnlyPromise,
  OnlyPromises,
  RefusedUnlessUnknown,
} from './refused-function.ts';
import type { SortOptions } from './sort-operators.ts';
import type { OrTuple, Pair } from './pair.ts';

/** A partitioned collection of records. Made by an `RddEnvironment` and by operators, never by hand. */
export class RDD<out T> {
  /** Unique in its environment, and the same on every executor that runs the program. */
  readonly id: string;
  /** The environment of this RDD. RDDs of two environments cannot be combined. */
  readonly environment: RddEnvironment;
  /** Number of partitions; 0 is an RDD without records. */
  readonly partitionCount: number;
  /** Number of partitions that the pairs are hashed into by key; undefined when no such partitioning is known. */
  readonly hashPartitions: number | undefined;
  /** The reaction to records for which a function fails; undefined: the task fails. */
  readonly recordErrorRule: RecordErrorRule | undefined;
  /** Whether the records of a partition come in the same order whenever the partition is computed. */
  readonly hasCertainOrder: boolean;
  #definition: RddDefinition<unknown>;
  #persisted = false;
  #cut = false;
  #pinned = false;
  #isKeptElsewhere = false;

  constructor(
    environment: RddEnvironment,
    id: string,
    definition: RddDefinition<T>,
    recordErrorRule?: RecordErrorRule,
  ) {
    this.environment = environment;
    this.id = id;
    this.recordErrorRule = recordErrorRule;
    this.partitionCount = lineage.partitionCountOf(definition);
    this.hashPartitions = lineage.hashPartitionsOf(definition);
    this.hasCertainOrder = lineage.hasCertainOrder(definition);
    this.#definition = definition;
  }

  /** The definition of this RDD, for computing and scheduling. */
  get definition(): RddDefinition<unknown> {
    return this.#definition;
  }

  /** The parents that this RDD is computed from. */
  get dependencies(): readonly Dependency[] {
    return lineage.dependenciesOf(this);
  }

  /** Whether computed partitions are cached. */
  get isPersisted(): boolean {
    return this.#persisted;
  }

  /** Executors that have the data of a partition at hand; none: any executor will do. */
  preferredExecutors(partition: number): readonly ExecutorId[] {
    return lineage.preferredExecutorsOf(this, partition);
  }

  // Record by record

  /** Maps every record through `fn`. */
  map<P extends PromiseLike<unknown>>(
    fn: (record: T) => OrTuple<P>,
    ...refused: OnlyPromise<P>
  ): AsynchronousFunctionRefused;
  map<U>(fn: (record: T) => OrTuple<U>): RDD<U>;
  map<U>(fn: (record: T) => OrTuple<U>): unknown {
    return narrow.map(this, fn);
  }

  /** Replaces every record by the records of an iterable, none or many. */
  flatMap<I extends IterableOfPromises>(
    fn: (record: T) => I,
    ...refused: OnlyPromises<I>
  ): AsynchronousFunctionRefused;
  flatMap<U>(fn: (record: T) => Iterable<OrTuple<U>>): RDD<U>;
  flatMap<U>(fn: (record: T) => Iterable<OrTuple<U>>): unknown {
    return narrow.flatMap(this, fn);
  }

  /** Keeps the records for which `fn` returns true. */
  filter<S extends T>(fn: (record: T) => record is S): RDD<S>;
  filter(fn: (record: T) => boolean): RDD<T>;
  filter(fn: (record: T) => boolean): RDD<T> {
    return narrow.filter(this, fn);
  }

  /** Turns every record into a pair with the key that `fn` returns. */
  keyBy<P extends PromiseLike<unknown>>(
    fn: (record: T) => OrTuple<P>,
    ...refused: OnlyPromise<P>
  ): AsynchronousFunctionRefused;
  keyBy<K>(fn: (record: T) => OrTuple<K>): RDD<[K, T]>;
  keyBy<K>(fn: (record: T) => OrTuple<K>): unknown {
    return narrow.keyBy(this, fn);
  }

  // Record by record, with functions that answer later. A re-run of a task calls them again (ADR 0024).

  /** Maps every record through the result of `fn`, which may come later. */
  mapAsync<U>(fn: (record: T, call: AsyncCall) => Eventual<U>, options: Partial<AsyncOptions> = {}): RDD<U> {
    return calls.mapAsync(this, fn, options);
  }

  /** Replaces every record by the records of an iterable, which may come later. */
  flatMapAsync<U>(
    fn: (record: T, call: AsyncCall) => EventualAll<U>,
    options: Partial<AsyncOptions> = {},
  ): RDD<U> {
    return calls.flatMapAsync(this, fn, options);
  }

  /** Keeps the records for which `fn` returns true, at once or later. */
  filterAsync(
    fn: (record: T, call: AsyncCall) => boolean | PromiseLike<boolean>,
    options: Partial<AsyncOptions> = {},
  ): RDD<T> {
    return calls.filterAsync(this, fn, options);
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
    return partitions.mapPartitions(this, fn, options);
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
    return partitions.zipPartitions(this, other, fn, options);
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
    return partitions.aggregatePartitions(this, createZero as () => U, add as (result: U, record: T) => U);
  }

  /** Turns every partition into one array. */
  glom(): RDD<T[]> {
    return partitions.mapPartitions(this, (records) => [Array.from(records)], {});
  }

  /** The records of this RDD and the other RDDs, partitions of this one first. Nothing moves. */
  union(...others: readonly RDD<T>[]): RDD<T> {
    return this.environment.union<T>([this, ...others]);
  }

  /** Merges neighbouring partitions into fewer partitions. Nothing moves; a larger `count` changes nothing. */
  coalesce(count: number): RDD<T> {
    return partitions.coalesce(this, count);
  }

  // With a shuffle

  /**
   * Deals the records evenly onto `count` partitions, by turn. Records whose order may change when they are computed
   * again, because of an asynchronous operator with `ordered: false` or one that leaves records out, go to the partition
   * of their content instead: a repeated task then loses and doubles no record.
   */
  repartition(count: number): RDD<T> {
    return shuffles.repartition(this, count);
  }

  /** Every value once, in no order to rely on. Records must be valid keys. */
  distinct(count?: number): RDD<T> {
    return pairs.distinct(this, count);
  }

  /** The records that the other RDD does not have, as often as they are here. Records must be valid keys. */
  subtract(other: RDD<T>, count?: number): RDD<T> {
    return sets.subtract(this, other, count);
  }

  /** The values that both RDDs have, each once. Records must be valid keys. */
  intersection(other: RDD<T>, count?: number): RDD<T> {
    return sets.intersection(this, other, count);
  }

  /** Groups the records by the key that `fn` returns. */
  groupBy<P extends PromiseLike<unknown>>(
    fn: (record: T) => OrTuple<P>,
    count?: number,
    ...refused: OnlyPromise<P>
  ): AsynchronousFunctionRefused;
  groupBy<K>(fn: (record: T) => OrTuple<K>, count?: number): RDD<[K, T[]]>;
  groupBy<K>(fn: (record: T) => OrTuple<K>, count?: number): unknown {
    return pairs.groupByKey(this.keyBy(fn), count);
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
    return sorts.sortBy(this, fn, options);
  }

  // Pairs

  /** All pairs in one partition, sorted by key. */
  sortByKey<K, V>(this: RDD<Pair<K, V>>, options: SortOptions<K> = {}): RDD<[K, V]> {
    return sorts.sortBy<[K, V], K>(this as RDD<[K, V]>, narrow.keyOf<K, V>, options);
  }

  /** The keys. */
  keys<K, V>(this: RDD<Pair<K, V>>): RDD<K> {
    return narrow.map(this, narrow.keyOf<K, V>);
  }

  /** The values. */
  values<K, V>(this: RDD<Pair<K, V>>): RDD<V> {
    return narrow.map(this, narrow.valueOf<K, V>);
  }

  /** Maps every value through `fn`; keys and partitioning stay. */
  mapValues<K, V, P extends PromiseLike<unknown>>(
    this: RDD<Pair<K, V>>,
    fn: (value: V) => OrTuple<P>,
    ...refused: OnlyPromise<P>
  ): AsynchronousFunctionRefused;
  mapValues<K, V, U>(this: RDD<Pair<K, V>>, fn: (value: V) => OrTuple<U>): RDD<[K, U]>;
  mapValues<K, V, U>(this: RDD<Pair<K, V>>, fn: (value: V) => OrTuple<U>): unknown {
    return narrow.mapValues(this, fn);
  }

  /** Replaces every value by none or many values; keys and partitioning stay. */
  flatMapValues<K, V, I extends IterableOfPromises>(
    this: RDD<Pair<K, V>>,
    fn: (value: V) => I,
    ...refused: OnlyPromises<I>
  ): AsynchronousFunctionRefused;
  flatMapValues<K, V, U>(this: RDD<Pair<K, V>>, fn: (value: V) => Iterable<OrTuple<U>>): RDD<[K, U]>;
  flatMapValues<K, V, U>(this: RDD<Pair<K, V>>, fn: (value: V) => Iterable<OrTuple<U>>): unknown {
    return narrow.flatMapValues(this, fn);
  }

  /** Maps every value through the result of `fn`, which may come later; keys and partitioning stay. */
  mapValuesAsync<K, V, U>(
    this: RDD<Pair<K, V>>,
    fn: (value: V, call: AsyncCall) => Eventual<U>,
    options: Partial<AsyncOptions> = {},
  ): RDD<[K, U]> {
    return calls.mapValuesAsync<K, V, U>(this, fn, options);
  }

  /** Replaces every value by none or many values, which may come later; keys and partitioning stay. */
  flatMapValuesAsync<K, V, U>(
    this: RDD<Pair<K, V>>,
    fn: (value: V, call: AsyncCall) => EventualAll<U>,
    options: Partial<AsyncOptions> = {},
  ): RDD<[K, U]> {
    return calls.flatMapValuesAsync<K, V, U>(this, fn, options);
  }

  /** Moves the pairs to the partitions of their keys. `count` defaults as for all operators that shuffle. */
  partitionBy<K, V>(this: RDD<Pair<K, V>>, count?: number): RDD<[K, V]> {
    return shuffles.partitionBy(this, count);
  }

  /**
   * Reduces the values of every key to one value, by an associative `fn`. Values are combined before they move.
   * `count` partitions; default: as many as the pairs are already hashed into, else the environment's default
   * parallelism.
   */
  reduceByKey<K, V>(this: RDD<Pair<K, V>>, fn: (left: V, right: V) => V, count?: number): RDD<[K, V]> {
    return pairs.reduceByKey(this, fn, count);
  }

  /** All values of every key, in order of partition and position. */
  groupByKey<K, V>(this: RDD<Pair<K, V>>, count?: number): RDD<[K, V[]]> {
    return pairs.groupByKey(this, count);
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
    return pairs.combineByKey(this, create, mergeValue, mergeCombiners, options);
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
    return pairs.aggregateByKey(this, createZero, mergeValue, mergeCombiners, count);
  }

  /** For every key of either RDD: all values of this one, and all of the other. */
  cogroup<K, V, W>(this: RDD<Pair<K, V>>, other: RDD<Pair<K, W>>, count?: number): RDD<[K, [V[], W[]]]> {
    return joins.cogroup(this, other, count);
  }

  /** Every value with every value of the same key in the other RDD. */
  join<K, V, W>(this: RDD<Pair<K, V>>, other: RDD<Pair<K, W>>, count?: number): RDD<[K, [V, W]]> {
    return joins.join(this, other, count);
  }

  /** As `join`, and a pair without a partner in the other RDD comes once with undefined. */
  leftOuterJoin<K, V, W>(
    this: RDD<Pair<K, V>>,
    other: RDD<Pair<K, W>>,
    count?: number,
  ): RDD<[K, [V, W | undefined]]> {
    return joins.leftOuterJoin(this, other, count);
  }

  /** As `join`, and a pair of the other RDD without a partner here comes once with undefined. */
  rightOuterJoin<K, V, W>(
    this: RDD<Pair<K, V>>,
    other: RDD<Pair<K, W>>,
    count?: number,
  ): RDD<[K, [V | undefined, W]]> {
    return joins.rightOuterJoin(this, other, count);
  }

  /** As `join`, and a pair without a partner on either side comes once with undefined. */
  fullOuterJoin<K, V, W>(
    this: RDD<Pair<K, V>>,
    other: RDD<Pair<K, W>>,
    count?: number,
  ): RDD<[K, [V | undefined, W | undefined]]> {
    return joins.fullOuterJoin(this, other, count);
  }

  /** The pairs whose keys the other RDD does not have, as often as they are here. */
  subtractByKey<K, V>(this: RDD<Pair<K, V>>, other: RDD<Pair<K, unknown>>, count?: number): RDD<[K, V]> {
    return sets.subtractByKey(this, other, count);
  }

  // Keeping

  /** Caches every partition in the memory of the executor that computes it, until `unpersist` or forgetting. */
  persist(): this {
    this.#persisted = true;
    return this;
  }

  /**
   * As `persist`, and tasks that need a partition wait for the executor that has the partition as long as that
   * executor lives.
   */
  pin(): this {
    this.#pinned = true;
    return this.persist();
  }

  /** See `pin`. */
  get isPinned(): boolean {
    return this.#pinned;
  }

  /** The same as `persist`. */
  cache(): this {
    return this.persist();
  }

  /** Drops the cached partitions. The partitions can still be computed. */
  unpersist(): this {
    this.#persisted = false;
    this.environment.unpersist([this.id]);
    return this;
  }

  /**
   * Drops the lineage; from now on only cached partitions exist, and a missing partition is
   * `MR_RDD_PARTITION_LOST`. For state that goes on from batch to batch: without a cut every batch would hold all
   * earlier ones. Must be called on a persisted RDD after a job has computed all partitions.
   */
  cutLineage(): this {
    this.#definition = lineage.withoutLineage(this);
    this.#cut = true;
    return this;
  }

  /**
   * Replaces the lineage; from now on a partition that is not cached comes from `load`. For state with a copy
   * elsewhere.
   */
  rebase(load: (partition: number) => Promise<readonly T[]>): this {
    this.#definition = lineage.loadedFrom(this, load);
    this.#isKeptElsewhere = true;
    return this;
  }

  /**
   * Whether the cached partitions are, or will be, the only source of records. The lineage of a pinned RDD is cut
   * once its batch is done, so a partition that is dropped before the cut would be missing afterwards.
   */
  get mustStayCached(): boolean {
    return this.#cut || (this.#pinned && !this.#isKeptElsewhere);
  }

  /** Whether the lineage was cut: only cached partitions exist. */
  get isCut(): boolean {
    return this.#cut;
  }

  // Actions: each runs a job on the driver and rejects with `MR_RDD_NO_DRIVER` elsewhere

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
  countByKey<K, V>(this: RDD<Pair<K, V>>): Promise<ReadonlyMap<K, number>> {
    return this.keys().countByValue();
  }

  /** All pairs, the last value of each key; the map finds keys by value. */
  async collectAsMap<K, V>(this: RDD<Pair<K, V>>): Promise<ReadonlyMap<K, V>> {
    return new KeyedMap(await this.collect());
  }

  /** One value for every key, by an associative `fn`; the map finds keys by value. Nothing is shuffled. */
  reduceByKeyLocally<K, V>(this: RDD<Pair<K, V>>, fn: (left: V, right: V) => V): Promise<ReadonlyMap<K, V>> {
    return this.runAction(actions.reduceByKeyLocally<K, V>(fn));
  }

  /** All values of a key. For pairs that are hashed by key, only one partition is searched. */
  lookup<K, V>(this: RDD<Pair<K, V>>, key: K): Promise<V[]> {
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

/** Options of combining by key. */
export interface CombineOptions {
  /** Number of partitions; default as for `reduceByKey`. */
  readonly partitions?: number | undefined;
  /** True: combine before the records move. Default true. */
  readonly mapSideCombine?: boolean;
}
