// A DStream: an endless collection, with one RDD for every batch. Operators return new streams at once and compute
// nothing; output operations make the jobs that compute. The whole program is defined before the context starts.
//
// This file is the list of operations on a stream, and is long only for that reason: each method delegates to an RDD
// operator of the same name, or to the file that implements the operation. `OrTuple` in a signature lets `[word, 1]` be
// a pair without an annotation, and `this: DStream<Pair<K, V>>` restricts pair operators to streams of pairs.
import type { BatchTime, OptionsSchema } from '@millrace/core';
import { sinkOfWrite } from '@millrace/core/engine';
import { foreachPartitionInEpoch } from '../rdd/actions.ts';
import type { AsyncCall } from '../rdd/async-calls.ts';
import type { Eventual, EventualAll } from '../rdd/async-operators.ts';
import { type AsyncOptions, resolveAsyncOptions } from '../rdd/async-options.ts';
import { OUTPUT_ACTION } from '../rdd/named-actions.ts';
import * as narrow from '../rdd/narrow-operators.ts';
import type { CombineOptions, RDD } from '../rdd/rdd.ts';
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
import { assignTimestamps } from '../event-time/assign-timestamps.ts';
import type { EventTimeStream } from '../event-time/event-time-stream.ts';
import type { TimestampOptions } from '../event-time/watermark.ts';
import type { WindowOperators } from '../event-time/window-operators.ts';
import type { DropDuplicatesOptions } from '../state/drop-duplicates.ts';
import { dropDuplicates, mapWithState, updateStateByKey } from '../state/state-operators.ts';
import type { MapWithStateFunction } from '../state/map-with-state.ts';
import type { StateOptions, StateSpec } from '../state/state-spec.ts';
import type { UpdateStateFunction } from '../state/update-state-by-key.ts';
import { countAll, reduceAll } from './batch-summary.ts';
import {
  functions,
  invalidArgument,
  onlyFunction,
  operatorOptions,
  optionalCount,
  optionalPartitions,
  text,
} from '../graph/checked-argument.ts';
import type { KeyedWindowOptions, WindowOptions } from '../windows/inverse-windows.ts';
import { movingWindow, movingWindowByKey } from './moving-window.ts';
import { concatenateByKey } from '../windows/keyed-values.ts';
import type { OutputBatch, OutputPartition } from '../graph/output-operation.ts';
import { placeOfFiles, placeOfSink } from '../graph/place-of-data.ts';
import { printBatch, type PrintOptions } from './print-batch.ts';
import { type StreamDefinition, StreamNode } from '../graph/stream-node.ts';
import { perBatch, type StreamOperator } from '../graph/stream-operator.ts';
import type { StreamFactory } from './stream-factory.ts';
import type { StreamScope } from '../graph/stream-scope.ts';
import type { MapWithStateDStream } from './map-with-state-dstream.ts';
import { saveBatch, type SaveAsTextFilesOptions } from './text-file-output.ts';
import { transformOperator, unionOperator } from '../graph/transform-operator.ts';
import { windowOperator } from '../windows/window-operator.ts';

/** A stream of records. Made by a streaming context and by operators. */
export abstract class DStream<out T> extends StreamNode<T> {
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
    return this.#each('validate', (rdd) => narrow.map<T, U>(rdd, valid as (record: T) => OrTuple<U>));
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
    return this.#derive(movingWindow(this, { kind: 'reduceByWindow', fn, inverse, span }));
  }

  /** The number of records in a window: one number, 0 for an empty window. */
  countByWindow(windowMs: number, slideMs: number = this.slideMs): DStream<number> {
    const span = { windowMs, slideMs };
    const window = { kind: 'countByWindow', fn: add, inverse: subtract, span };
    return this.#derive(movingWindow(this.count(), window));
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
    return this.#derive(movingWindowByKey(ones, window));
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
    return this.#derive(movingWindowByKey(this, window));
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
    const make = <U>(operator: StreamOperator<U>) => this.#derive(operator);
    return this.#derive(dropDuplicates(this, { keyOf, options, make }));
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
    const maker = {
      stream: <U>(operator: StreamOperator<U>) => this.#derive(operator),
      windows: <R, L>(operators: WindowOperators<R, L>) => this.streams.eventWindows(scope, operators),
    };
    return assignTimestamps(this, timeOf, { options, maker });
  }

  // Outputs

  /**
   * Calls `fn` for the RDD of every batch, on the driver; actions inside `fn` run on the executors. The batch is done
   * when the returned promise is settled. A rejection fails the output, which runs again with the same batch.
   * `onRecordError` does not apply to operators that `fn` calls on the RDD: a record for which one of their functions fails,
   * fails the batch. Call such operators on the stream.
   */
  foreachRDD(fn: (rdd: RDD<T>, batch: OutputBatch) => unknown): void {
    onlyFunction('foreachRDD', fn);
    this.scope.graph.addOutput<T>({ kind: 'foreachRDD', stream: this, run: fn });
  }

  /**
   * Calls `fn` for every partition of every batch, on the executors. A repeated task calls `fn` again with the same
   * records in the same order and the same identity, so a sink can write each batch once.
   */
  foreachPartition(fn: (records: Iterable<T>, partition: OutputPartition) => void | Promise<void>): void {
    onlyFunction('foreachPartition', fn);
    const partitionAction = (rdd: RDD<T>, batch: OutputBatch) => ({
      ...foreachPartitionInEpoch<T>((records, partition, epoch) =>
        fn(records, { ...batch, partition, partitions: rdd.partitionCount, epoch }),
      ),
      portableName: OUTPUT_ACTION,
    });
    this.scope.graph.addOutput<T>({
      kind: 'foreachPartition',
      stream: this,
      place: placeOfSink(sinkOfWrite(fn)),
      run: (rdd, batch) => rdd.runAction(partitionAction(rdd, batch)),
      partitionAction,
    });
  }

  /**
   * Writes the first `n` records of every batch (default 10), on the driver, by default to standard output. Every
   * record is one line, with control characters written as text: a record cannot move the cursor or forge a line. When
   * the reader of standard output closes the pipe (`| head`), the context stops gracefully.
   */
  print(n = 10, options: PrintOptions = {}): void {
    optionalCount('print', 'n', n);
    operatorOptions('print', options, { write: 'function' });
    this.scope.graph.addOutput<T>({
      kind: 'print',
      stream: this,
      run: (rdd, { batchTime }) => printBatch(rdd, { batchTime, n, write: this.scope.print, ...options }),
    });
  }

  /**
   * Writes every batch as a directory `<prefix>-<batch time>[.<suffix>]` with one file of lines for each partition,
   * `part-00000`, …, and the file `_SUCCESS` when all parts are present. Executors write the parts. Each part is
   * complete and on the disk before it has its name, and a batch that runs again changes nothing. Text is written
   * unchanged, other records as JSON (else `MR_GRAPH_RECORD_NOT_TEXT`), or by `format`. A batch without records is a
   * directory without lines.
   *
   * @throws `MR_GRAPH_INVALID_ARGUMENT` for an empty prefix, `MR_GRAPH_DUPLICATE_OUTPUT`.
   */
  saveAsTextFiles(prefix: string, suffix = '', options: SaveAsTextFilesOptions<T> = {}): void {
    const kinds = { format: 'function', shared: 'flag' } as const;
    const { format, shared } = operatorOptions('saveAsTextFiles', options, kinds);
    const target = { prefix: text('saveAsTextFiles', 'prefix', prefix), suffix, format };
    if (typeof suffix !== 'string') throw invalidArgument('saveAsTextFiles', 'suffix', suffix, 'a text');
    const { storage } = this.scope;
    this.scope.graph.addOutput<T>({
      kind: 'saveAsTextFiles',
      stream: this,
      target: suffix === '' ? `${prefix}-*` : `${prefix}-*.${suffix}`,
      place: placeOfFiles(`the files of saveAsTextFiles at ${prefix}`, shared),
      run: (rdd, { batchTime }) => saveBatch(rdd, { target, batchTime, storage }),
    });
  }

  #derive<U>(operator: StreamOperator<U>): DStream<U> {
    return this.streams.derived(this.scope, operator);
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

function add(left: number, right: number): number {
  return left + right;
}

function subtract(value: number, gone: number): number {
  return value - gone;
}
