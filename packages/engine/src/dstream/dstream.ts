// A DStream: an endless collection, with one RDD for every batch. Operators return new streams at once and compute
// nothing; output operations make the jobs that compute. The whole program is defined before the context starts.
//
// This file is the list of operations that return streams, and is long only for that reason: such an operation returns a
// stream that has all operations again, so all are in the file of the class. Each method delegates to an RDD operator of the
// same name, or to the file that implements the operation. The outputs are in `stream-outputs.ts`. `OrTuple` in a signature lets `[word, 1]` be
// a pair without an annotation, and `this: DStream<Pair<K, V>>` restricts pair operators to streams of pairs.
import type { BatchTime, OptionsSchema } from '@millrace/core';
import type { AsyncCall } from '../rdd/async-calls.ts';
import type { Eventual, EventualAll } from '../rdd/async-operators.ts';
import { type AsyncOptions, resolveAsyncOptions } from '../rdd/async-options.ts';
import * as narrow from '../rdd/narrow-operators.ts';
import type { CombineOptions } from '../rdd/combine-options.ts';
import type { RDD } from '../rdd/rdd.ts';
import type { OrTuple, Pair } from '../rdd/pair.ts';
import type {
  AsynchronousFunctionRefused,
  IterableOfPromises,
  OnlyIfPromise,
  OnlyPromise,
  OnlyPromises,
  RefusedUnlessUnknown,
} from '../rdd/refused-function.ts';
import { isRecordSchema, validBy } from '../rdd/valid-record.ts';
import { timestampsOperator } from '../event-time/assign-timestamps.ts';
import { EventTimeStream } from '../event-time/event-time-stream.ts';
import { WatermarkClock } from '../event-time/watermark-clock.ts';
import type { TimestampOptions, Watermark } from '../event-time/watermark.ts';
import type { WindowOperators } from '../event-time/window-operators.ts';
import type { DropDuplicatesOptions } from '../state/drop-duplicates.ts';
import {
  dropDuplicates,
  mapWithState,
  type MapWithStateOperators,
  updateStateByKey,
} from '../state/state-operators.ts';
import type { MapWithStateFunction } from '../state/map-with-state.ts';
import type { StateOptions, StateSpec } from '../state/state-spec.ts';
import type { UpdateStateFunction } from '../state/update-state-by-key.ts';
import { countAll, reduceAll } from './batch-summary.ts';
import {
  functions,
  invalidArgument,
  onlyFunction,
  operatorOptions,
  optionalPartitions,
} from '../graph/checked-argument.ts';
import type { KeyedWindowOptions, WindowOptions } from '../windows/inverse-windows.ts';
import { movingWindow, movingWindowByKey } from './moving-window.ts';
import { concatenateByKey } from '../windows/keyed-values.ts';
import type { StreamDefinition, StreamNode } from '../graph/stream-node.ts';
import { perBatch, type StreamOperator } from '../graph/stream-operator.ts';
import type { StreamScope } from '../graph/stream-scope.ts';
import { StreamOutputs } from './stream-outputs.ts';
import { transformOperator, unionOperator } from '../graph/transform-operator.ts';
import { windowOperator } from '../windows/window-operator.ts';

/** A stream of records. Made by a streaming context and by operators. */
export abstract class DStream<out T> extends StreamOutputs<T> {
  /** Makes the streams that operations return. */
  protected readonly streams: StreamFactory;

  constructor(scope: StreamScope, definition: StreamDefinition, streams: StreamFactory) {
    super(scope, definition);
    this.streams = streams;
  }

  // Record by record, partition by partition

  /** Maps every record through `fn`. */
  map<P extends PromiseLike<unknown>>(
    fn: (record: T) => OrTuple<P>,
    ...refused: OnlyPromise<P>
  ): AsynchronousFunctionRefused;
  map<U>(fn: (record: T) => OrTuple<U>): DStream<U>;
  map<U>(fn: (record: T) => OrTuple<U>): unknown {
    onlyFunction('map', fn);
    return this.#each('map', (rdd) => rdd.map(fn));
  }

  /** Replaces every record by the records of an iterable, none or many. */
  flatMap<I extends IterableOfPromises>(
    fn: (record: T) => I,
    ...refused: OnlyPromises<I>
  ): AsynchronousFunctionRefused;
  flatMap<U>(fn: (record: T) => Iterable<OrTuple<U>>): DStream<U>;
  flatMap<U>(fn: (record: T) => Iterable<OrTuple<U>>): unknown {
    onlyFunction('flatMap', fn);
    return this.#each('flatMap', (rdd) => rdd.flatMap(fn));
  }

  /** Keeps the records for which `fn` returns true. */
  filter<S extends T>(fn: (record: T) => record is S): DStream<S>;
  filter(fn: (record: T) => boolean): DStream<T>;
  filter(fn: (record: T) => boolean): DStream<T> {
    onlyFunction('filter', fn);
    return this.#each('filter', (rdd) => rdd.filter(fn));
  }

  /**
   * The records as the schema returns them: checked, with defaults and converted values. A schema is of any library that
   * implements Standard Schema (zod, valibot, arktype, …). A record that the schema does not accept fails with
   * `MR_RECORD_INVALID` and the issues, or is left out: see `onRecordError`. Schemas with asynchronous checks are refused;
   * call these inside `mapAsync`.
   *
   * ```ts
   * const orders = lines.map((line) => JSON.parse(line)).validate(orderSchema).onRecordError('dead-letter');
   * ```
   *
   * @throws `MR_GRAPH_INVALID_ARGUMENT`.
   */
  validate<U>(schema: OptionsSchema<unknown, U>): DStream<U> {
    if (!isRecordSchema(schema))
      throw invalidArgument(
        'validate',
        'schema',
        schema,
        'a schema of a library with Standard Schema, such as zod',
      );
    const valid = validBy(schema);
    return this.#each('validate', (rdd) =>
      rdd.environment.define(narrow.map<T, U>(rdd, valid as (record: T) => OrTuple<U>)),
    );
  }

  /**
   * Maps every record through the result of `fn`, which may come later: for looking things up. A bounded number of calls
   * is under way at once. A batch or task that runs again calls `fn` again, with the same `batch` of the call. A record
   * whose last attempt fails, fails the batch with `MR_RDD_CALL_FAILED`, or is left out: see `onRecordError`.
   *
   * ```ts
   * orders.mapAsync(async (order, { signal }) => ({ ...order, customer: await customerOf(order.customer, { signal }) }), {
   *   concurrency: 64,
   *   timeoutMs: 1_000,
   *   attempts: 3,
   * });
   * ```
   *
   * @throws `MR_GRAPH_INVALID_ARGUMENT`, `MR_CONFIG_INVALID_OPTION`.
   */
  mapAsync<U>(
    fn: (record: T, call: AsyncCall) => Eventual<U>,
    options: Partial<AsyncOptions> = {},
  ): DStream<U> {
    return this.#eachLater('mapAsync', fn, options, (rdd) => rdd.mapAsync(fn, options));
  }

  /** As `mapAsync`, with none or many records for each record. */
  flatMapAsync<U>(
    fn: (record: T, call: AsyncCall) => EventualAll<U>,
    options: Partial<AsyncOptions> = {},
  ): DStream<U> {
    return this.#eachLater('flatMapAsync', fn, options, (rdd) => rdd.flatMapAsync(fn, options));
  }

  /** As `mapAsync`: keeps the records for which `fn` returns true. */
  filterAsync(
    fn: (record: T, call: AsyncCall) => boolean | PromiseLike<boolean>,
    options: Partial<AsyncOptions> = {},
  ): DStream<T> {
    return this.#eachLater('filterAsync', fn, options, (rdd) => rdd.filterAsync(fn, options));
  }

  /** Maps every whole partition through `fn`, together with its number. */
  mapPartitions<I extends IterableOfPromises>(
    fn: (records: Iterable<T>, partition: number) => I,
    ...refused: OnlyPromises<I>
  ): AsynchronousFunctionRefused;
  mapPartitions<U>(fn: (records: Iterable<T>, partition: number) => Iterable<OrTuple<U>>): DStream<U>;
  mapPartitions<U>(fn: (records: Iterable<T>, partition: number) => Iterable<OrTuple<U>>): unknown {
    onlyFunction('mapPartitions', fn);
    return this.#each('mapPartitions', (rdd) => rdd.mapPartitions(fn));
  }

  /** Each partition as one array. */
  glom(): DStream<T[]> {
    return this.#each('glom', (rdd) => rdd.glom());
  }

  /** Deals the records of every batch evenly onto `count` partitions; see `RDD.repartition`. */
  repartition(count: number): DStream<T> {
    return this.#each('repartition', (rdd) => rdd.repartition(count), { partitions: count });
  }

  // A batch as a whole

  /** The number of records of each batch: one number, 0 for an empty batch. */
  count(): DStream<number> {
    return this.#each('count', countAll);
  }

  /** Reduces all records of a batch by an associative `fn`: one record, none for an empty batch. */
  reduce(fn: (left: T, right: T) => T): DStream<T> {
    onlyFunction('reduce', fn);
    return this.#each('reduce', (rdd) => reduceAll(rdd, fn));
  }

  /** Counts each value in a batch. Records must be valid keys. */
  countByValue(partitions?: number): DStream<[T, number]> {
    return this.#each(
      'countByValue',
      (rdd) => rdd.map((record): [T, number] => [record, 1]).reduceByKey(add, partitions),
      { partitions },
    );
  }

  // Combining streams

  /**
   * The records of this stream and of the other streams.
   *
   * @throws `MR_GRAPH_DIFFERENT_SLIDES`, `MR_GRAPH_MIXED_CONTEXTS`.
   */
  union(...others: readonly DStream<T>[]): DStream<T> {
    return this.#derive(unionOperator<T>([this, ...others]));
  }

  /**
   * Replaces the RDD of each batch by the result of `fn`. `fn` is called once a batch, on the driver and on the
   * executors that compute the batch: it builds an RDD from its arguments, and calls no action. Any other result fails
   * the batch with `MR_GRAPH_TRANSFORM_RESULT`.
   */
  transform<U>(fn: (rdd: RDD<T>, batchTime: BatchTime) => RDD<U>): DStream<U> {
    onlyFunction('transform', fn);
    return this.#derive(
      transformOperator<T, U>({
        kind: 'transform',
        streams: [this],
        build: ([rdd], batchTime) => fn(rdd as RDD<T>, batchTime),
      }),
    );
  }

  /**
   * As `transform`, with the RDDs of this stream and another one; `transform` of the context takes several.
   *
   * @throws `MR_GRAPH_DIFFERENT_SLIDES`, `MR_GRAPH_MIXED_CONTEXTS`, `MR_GRAPH_INVALID_ARGUMENT`.
   */
  transformWith<U, V>(
    other: DStream<U>,
    fn: (rdd: RDD<T>, otherRdd: RDD<U>, batchTime: BatchTime) => RDD<V>,
    ...surplus: readonly never[]
  ): DStream<V> {
    return this.#with('transformWith', other, onlyFunction('transformWith', fn, surplus));
  }

  // Pairs. `partitions` counts those of the result; default: the environment's default parallelism.

  /** Maps every value through `fn`. */
  mapValues<K, V, P extends PromiseLike<unknown>>(
    this: DStream<Pair<K, V>>,
    fn: (value: V) => OrTuple<P>,
    ...refused: OnlyPromise<P>
  ): AsynchronousFunctionRefused;
  mapValues<K, V, U>(this: DStream<Pair<K, V>>, fn: (value: V) => OrTuple<U>): DStream<[K, U]>;
  mapValues<K, V, U>(this: DStream<Pair<K, V>>, fn: (value: V) => OrTuple<U>): unknown {
    onlyFunction('mapValues', fn);
    return this.#each('mapValues', (rdd) => rdd.mapValues(fn));
  }

  /** Replaces every value by none or many, all with its key. */
  flatMapValues<K, V, I extends IterableOfPromises>(
    this: DStream<Pair<K, V>>,
    fn: (value: V) => I,
    ...refused: OnlyPromises<I>
  ): AsynchronousFunctionRefused;
  flatMapValues<K, V, U>(this: DStream<Pair<K, V>>, fn: (value: V) => Iterable<OrTuple<U>>): DStream<[K, U]>;
  flatMapValues<K, V, U>(this: DStream<Pair<K, V>>, fn: (value: V) => Iterable<OrTuple<U>>): unknown {
    onlyFunction('flatMapValues', fn);
    return this.#each('flatMapValues', (rdd) => rdd.flatMapValues(fn));
  }

  /** As `mapAsync`, for every value; keys stay. */
  mapValuesAsync<K, V, U>(
    this: DStream<Pair<K, V>>,
    fn: (value: V, call: AsyncCall) => Eventual<U>,
    options: Partial<AsyncOptions> = {},
  ): DStream<[K, U]> {
    return this.#eachLater('mapValuesAsync', fn, options, (rdd) => rdd.mapValuesAsync<K, V, U>(fn, options));
  }

  /** As `mapValuesAsync`, with none or many values for each value. */
  flatMapValuesAsync<K, V, U>(
    this: DStream<Pair<K, V>>,
    fn: (value: V, call: AsyncCall) => EventualAll<U>,
    options: Partial<AsyncOptions> = {},
  ): DStream<[K, U]> {
    return this.#eachLater('flatMapValuesAsync', fn, options, (rdd) =>
      rdd.flatMapValuesAsync<K, V, U>(fn, options),
    );
  }

  /** Groups all values of every key of a batch. */
  groupByKey<K, V>(this: DStream<Pair<K, V>>, partitions?: number): DStream<[K, V[]]> {
    return this.#each('groupByKey', (rdd) => rdd.groupByKey(partitions), { partitions });
  }

  /** Reduces the values of every key of a batch by an associative `fn`. */
  reduceByKey<K, V>(
    this: DStream<Pair<K, V>>,
    fn: (left: V, right: V) => V,
    partitions?: number,
  ): DStream<[K, V]> {
    onlyFunction('reduceByKey', fn);
    return this.#each('reduceByKey', (rdd) => rdd.reduceByKey(fn, partitions), { partitions });
  }

  /** Combines the values of every key; the general form of `reduceByKey`. */
  combineByKey<K, V, P>(
    this: DStream<Pair<K, V>>,
    create: (value: V) => OrTuple<P>,
    mergeValue: (combiner: P, value: V) => OrTuple<P>,
    mergeCombiners: (left: P, right: P) => OrTuple<P>,
    options?: CombineOptions,
    ...refused: OnlyIfPromise<P>
  ): RefusedUnlessUnknown<P, DStream<[K, P]>>;
  combineByKey<K, V, C>(
    this: DStream<Pair<K, V>>,
    create: (value: V) => OrTuple<C>,
    mergeValue: (combiner: C, value: V) => OrTuple<C>,
    mergeCombiners: (left: C, right: C) => OrTuple<C>,
    options?: CombineOptions,
  ): DStream<[K, C]>;
  combineByKey<K, V, C>(
    this: DStream<Pair<K, V>>,
    create: (value: V) => OrTuple<C>,
    mergeValue: (combiner: C, value: V) => OrTuple<C>,
    mergeCombiners: (left: C, right: C) => OrTuple<C>,
    options: CombineOptions = {},
  ): unknown {
    functions('combineByKey', { create, mergeValue, mergeCombiners });
    operatorOptions('combineByKey', options, { partitions: 'any', mapSideCombine: 'flag' });
    return this.#each(
      'combineByKey',
      (rdd) => rdd.combineByKey(create, mergeValue, mergeCombiners, options),
      { partitions: options.partitions },
    );
  }

  /** Pairs, for every key of either stream, all values of this batch with all values of the other stream's batch. */
  cogroup<K, V, W>(
    this: DStream<Pair<K, V>>,
    other: DStream<Pair<K, W>>,
    partitions?: number,
  ): DStream<[K, [V[], W[]]]> {
    return this.#with('cogroup', other, (rdd, otherRdd) => rdd.cogroup(otherRdd, partitions), partitions);
  }

  /** Pairs every value with every value of the same key in the other stream's batch. */
  join<K, V, W>(
    this: DStream<Pair<K, V>>,
    other: DStream<Pair<K, W>>,
    partitions?: number,
  ): DStream<[K, [V, W]]> {
    return this.#with('join', other, (rdd, otherRdd) => rdd.join(otherRdd, partitions), partitions);
  }

  /** As `join`; a value without a partner in the other stream is paired once with undefined. */
  leftOuterJoin<K, V, W>(
    this: DStream<Pair<K, V>>,
    other: DStream<Pair<K, W>>,
    partitions?: number,
  ): DStream<[K, [V, W | undefined]]> {
    return this.#with('leftOuterJoin', other, (rdd, o) => rdd.leftOuterJoin(o, partitions), partitions);
  }

  /** As `join`; a value of the other stream without a partner here is paired once with undefined. */
  rightOuterJoin<K, V, W>(
    this: DStream<Pair<K, V>>,
    other: DStream<Pair<K, W>>,
    partitions?: number,
  ): DStream<[K, [V | undefined, W]]> {
    return this.#with('rightOuterJoin', other, (rdd, o) => rdd.rightOuterJoin(o, partitions), partitions);
  }

  /** As `join`; a value without a partner on either side is paired once with undefined. */
  fullOuterJoin<K, V, W>(
    this: DStream<Pair<K, V>>,
    other: DStream<Pair<K, W>>,
    partitions?: number,
  ): DStream<[K, [V | undefined, W | undefined]]> {
    return this.#with('fullOuterJoin', other, (rdd, o) => rdd.fullOuterJoin(o, partitions), partitions);
  }

  // Windows. Length and slide are milliseconds and multiples of this stream's slide, else
  // `MR_GRAPH_DURATION_NOT_MULTIPLE`; the slide defaults to this stream's. The first windows hold the batches that
  // exist.

  /** Every `slideMs`, the records of the last `windowMs`. Keeps this stream in memory. */
  window(windowMs: number, slideMs: number = this.slideMs): DStream<T> {
    return this.#derive(windowOperator(this, { windowMs, slideMs }));
  }

  /**
   * Reduces all records of a window by an associative `fn`: one record, none for an empty window. With an inverse
   * function, a window that has become empty has the last result of `inverse` as its record.
   */
  reduceByWindow(
    fn: (left: T, right: T) => T,
    windowMs: number,
    slideMs: number = this.slideMs,
    options: WindowOptions<T> = {},
  ): DStream<T> {
    onlyFunction('reduceByWindow', fn);
    const { inverse } = operatorOptions('reduceByWindow', options, { inverse: 'function' });
    if (inverse === undefined) {
      const batches = this.reduce(fn);
      const windows = batches.window(windowMs, slideMs);
      return windows.#each('reduce', (rdd) => reduceAll(rdd, fn), { behind: batches });
    }
    const span = { windowMs, slideMs };
    return this.#derive(movingWindow(this, { kind: 'reduceByWindow', fn, inverse, span }, this.#make));
  }

  /** The number of records in a window: one number, 0 for an empty window. */
  countByWindow(windowMs: number, slideMs: number = this.slideMs): DStream<number> {
    const span = { windowMs, slideMs };
    const window = { kind: 'countByWindow', fn: add, inverse: subtract, span };
    return this.#derive(movingWindow(this.count(), window, this.#make));
  }

  /** Counts each value in a window. Records must be valid keys. */
  countByValueAndWindow(
    windowMs: number,
    slideMs: number = this.slideMs,
    partitions?: number,
  ): DStream<[T, number]> {
    const ones = this.map((record): [T, number] => [record, 1]);
    // Values that have left the window are forgotten, so the filter need not hide any.
    const options = { inverse: subtract, filter: () => true, partitions };
    const span = { windowMs, slideMs };
    const window = { kind: 'countByValueAndWindow', fn: add, span, options };
    return this.#derive(movingWindowByKey(ones, window, this.#make));
  }

  /** Groups all values of every key of a window, oldest batch first. */
  groupByKeyAndWindow<K, V>(
    this: DStream<Pair<K, V>>,
    windowMs: number,
    slideMs?: number,
    partitions?: number,
  ): DStream<[K, V[]]> {
    const batches = this.groupByKey(partitions);
    const windows = batches.window(windowMs, slideMs);
    const options = { partitions, behind: batches };
    return windows.#each('concatenateByKey', (rdd) => concatenateByKey(rdd, partitions), options);
  }

  /**
   * Reduces the values of every key of a window by an associative `fn`: batch by batch, then over the window. With `{
   * inverse }` each window is made from the previous window, `{ filter }` selects the keys that the window shows, and a
   * checkpoint keeps the window: give the stream a `uid`. A number in place of the options is their `partitions`.
   *
   * ```ts
   * pairs.reduceByKeyAndWindow((a, b) => a + b, 3_600_000, 1_000, { inverse: (sum, gone) => sum - gone });
   * ```
   */
  reduceByKeyAndWindow<K, V>(
    this: DStream<Pair<K, V>>,
    fn: (left: V, right: V) => V,
    windowMs: number,
    slideMs: number = this.slideMs,
    options: number | KeyedWindowOptions<K, V> = {},
  ): DStream<[K, V]> {
    onlyFunction('reduceByKeyAndWindow', fn);
    const given: KeyedWindowOptions<K, V> = typeof options === 'number' ? { partitions: options } : options;
    operatorOptions('reduceByKeyAndWindow', given, {
      partitions: 'any',
      inverse: 'function',
      filter: 'function',
    });
    if (given.inverse === undefined) {
      const { filter }: { readonly filter?: unknown } = given;
      if (filter !== undefined)
        throw invalidArgument('reduceByKeyAndWindow', 'filter', filter, 'beside an inverse function');
      const { partitions } = given;
      const batches = this.reduceByKey(fn, partitions);
      const windows = batches.window(windowMs, slideMs);
      const parts = { partitions, behind: batches };
      return windows.#each('reduceByKey', (rdd) => rdd.reduceByKey(fn, partitions), parts);
    }
    const span = { windowMs, slideMs };
    const window = { kind: 'reduceByKeyAndWindow', fn, span, options: given };
    return this.#derive(movingWindowByKey(this, window, this.#make));
  }

  // State: a value per key that stays from batch to batch, and survives restarts through checkpoints

  /**
   * Updates the state of every key after every batch. `fn` is called for every key that has state or records in the
   * batch; returning undefined removes the key. The cost grows with the number of keys, while `mapWithState` costs only
   * the keys that a batch touches.
   */
  updateStateByKey<K, V, S, P extends PromiseLike<unknown>>(
    this: DStream<Pair<K, V>>,
    fn: (...given: Parameters<UpdateStateFunction<K, V, S>>) => P,
    options?: StateOptions<K, S>,
    ...refused: OnlyPromise<P>
  ): AsynchronousFunctionRefused;
  updateStateByKey<K, V, S>(
    this: DStream<Pair<K, V>>,
    fn: UpdateStateFunction<K, V, S>,
    options?: StateOptions<K, S>,
  ): DStream<[K, S]>;
  updateStateByKey<K, V, S>(
    this: DStream<Pair<K, V>>,
    fn: UpdateStateFunction<K, V, S>,
    options: StateOptions<K, S> = {},
  ): unknown {
    onlyFunction('updateStateByKey', fn);
    return this.#derive(updateStateByKey(this, fn, options));
  }

  /**
   * Maps every record, together with the state of its key, through `fn`. `fn` is called once a record, in order of
   * arrival. With a timeout, `fn` is called once more for a key that was idle for longer, in the batch after.
   * `stateSnapshots()` of the result has all states.
   */
  mapWithState<K, V, S, P extends PromiseLike<unknown>>(
    this: DStream<Pair<K, V>>,
    fn: (...given: Parameters<MapWithStateFunction<K, V, S, P>>) => OrTuple<P>,
    spec?: StateSpec<K, S>,
    ...refused: OnlyPromise<P>
  ): AsynchronousFunctionRefused;
  mapWithState<K, V, S, U>(
    this: DStream<Pair<K, V>>,
    fn: MapWithStateFunction<K, V, S, U>,
    spec?: StateSpec<K, S>,
  ): MapWithStateDStream<K, S, U>;
  mapWithState<K, V, S, U>(
    this: DStream<Pair<K, V>>,
    fn: MapWithStateFunction<K, V, S, U>,
    spec: StateSpec<K, S> = {},
  ): unknown {
    onlyFunction('mapWithState', fn);
    return this.streams.mapWithState(this.scope, mapWithState(this, fn, spec));
  }

  /**
   * Drops records of a key for `withinMs` of batch time after a record of the key has passed, for instance the retries of
   * a client. Of several records of a batch the first one passes; two records of a key that pass are more than
   * `withinMs` apart. Records move to the partition of their key. The memory is state in checkpoints: give the stream a
   * `uid`.
   *
   * ```ts
   * requests.dropDuplicates((request) => request.id, { withinMs: 3_600_000 }).uid('requests');
   * ```
   *
   * @throws `MR_GRAPH_INVALID_ARGUMENT`.
   */
  dropDuplicates<P extends PromiseLike<unknown>>(
    keyOf: (record: T) => P,
    options: DropDuplicatesOptions,
    ...refused: OnlyPromise<P>
  ): AsynchronousFunctionRefused;
  dropDuplicates(keyOf: (record: T) => unknown, options: DropDuplicatesOptions): DStream<T>;
  dropDuplicates(keyOf: (record: T) => unknown, options: DropDuplicatesOptions): unknown {
    return this.#derive(dropDuplicates(this, { keyOf, options, make: this.#make }));
  }

  // Event time: windows by the time of each event, not by the time of arrival

  /**
   * Adds to every record the time of its event, in milliseconds since 1970. This stream is one source of the watermark,
   * which follows its newest record by `outOfOrdernessMs`; a source without records for `idleAfterMs` of batch time
   * does not delay the watermark. An invalid time fails the batch with `MR_EVENT_TIME_INVALID`.
   *
   * ```ts
   * visits.assignTimestamps((visit) => visit.atMs, { outOfOrdernessMs: 5_000 })
   *   .map((visit) => [visit.page, 1]).tumbling(60_000).reduceByKey((a, b) => a + b).uid('visits');
   * ```
   *
   * @throws `MR_GRAPH_INVALID_ARGUMENT`.
   */
  assignTimestamps(timeOf: (record: T) => number, options: TimestampOptions = {}): EventTimeStream<T> {
    const { scope } = this;
    const stream = this.#make;
    const windows = <R, L>(operators: WindowOperators<R, L>) => this.streams.eventWindows(scope, operators);
    // The watermark and the windows both read this stream: persisting computes the operators before only once.
    const timed = stream(timestampsOperator(this, timeOf, options)).persist();
    const clock = new WatermarkClock<DStream<Watermark>>([{ timed, options }], {
      stream,
      watermarks: stream,
    });
    return new EventTimeStream(timed, clock, { stream, windows });
  }

  #derive<U>(operator: StreamOperator<U>): DStream<U> {
    return this.streams.derived(this.scope, operator);
  }

  /** For operators of several streams, which are made inside. */
  get #make(): <U>(operator: StreamOperator<U>) => DStream<U> {
    return (operator) => this.#derive(operator);
  }

  /** `behind`: a parent stream whose batches a window retains, and that a program cannot name by itself. */
  #each<U>(
    kind: string,
    build: (rdd: RDD<T>) => RDD<U>,
    {
      partitions,
      behind,
    }: { readonly partitions?: number | undefined; readonly behind?: StreamNode<unknown> } = {},
  ): DStream<U> {
    optionalPartitions(kind, partitions);
    const operator = perBatch({ kind, parent: this, partitions, build });
    return this.#derive(behind === undefined ? operator : { ...operator, behind });
  }

  /** Checks function and options when the stream is made, not in the first batch. */
  #eachLater<U>(
    kind: string,
    fn: unknown,
    options: Partial<AsyncOptions>,
    build: (rdd: RDD<T>) => RDD<U>,
  ): DStream<U> {
    onlyFunction(kind, fn);
    resolveAsyncOptions(kind, options);
    return this.#each(kind, build);
  }

  #with<U, V>(
    kind: string,
    other: DStream<U>,
    build: (rdd: RDD<T>, otherRdd: RDD<U>, batchTime: BatchTime) => RDD<V>,
    partitions?: number,
  ): DStream<V> {
    optionalPartitions(kind, partitions);
    const operator = transformOperator<unknown, V>({
      kind,
      partitions,
      streams: [this, other],
      build: ([rdd, otherRdd], batchTime) => build(rdd as RDD<T>, otherRdd as RDD<U>, batchTime),
    });
    return this.#derive(operator);
  }
}

/** The stream that `mapWithState` returns. */
export interface MapWithStateDStream<K, S, out U> extends DStream<U> {
  /** Every key that has state after a batch, with its state. The cost grows with the number of keys. */
  stateSnapshots(): DStream<[K, S]>;
}

/** The stream that windows and joins of event time return. */
export interface EventWindowDStream<out R, out L> extends DStream<R> {
  /**
   * The records of a batch that came too late for all their windows, or for a join, and are in no result. Late records
   * are counted, whether read or not: listeners get `records:late`.
   */
  lateRecords(): DStream<L>;
}

/**
 * The classes of derived streams, as an interface. Derived streams are subclasses of `DStream`: each stream passes the factory
 * on, so that this file need not import the subclasses.
 */
export interface StreamFactory {
  /** The stream of an operator. */
  derived<T>(this: void, scope: StreamScope, operator: StreamOperator<T>): DStream<T>;
  /** The stream of `mapWithState`. */
  mapWithState<K, S, U>(
    this: void,
    scope: StreamScope,
    operators: MapWithStateOperators<K, S, U>,
  ): MapWithStateDStream<K, S, U>;
  /** The stream of a window of event time. */
  eventWindows<R, L>(
    this: void,
    scope: StreamScope,
    operators: WindowOperators<R, L>,
  ): EventWindowDStream<R, L>;
}

function add(left: number, right: number): number {
  return left + right;
}

function subtract(value: number, gone: number): number {
  return value - gone;
}
