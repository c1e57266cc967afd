// A stream whose records have event times, as returned by `assignTimestamps`. Records can still be mapped, filtered and
// united, and keep their times; windows of event time are made from this stream.
import { durationMs, invalidArgument, onlyFunction, operatorOptions } from '../graph/checked-argument.ts';
import type { DStream, EventWindowDStream } from '../dstream/dstream.ts';
import { perBatch, type StreamOperator } from '../graph/stream-operator.ts';
import type { UidOptions } from '../graph/stream-uids.ts';
import { unionOperator } from '../graph/transform-operator.ts';
import type { AsyncCall } from '../rdd/async-calls.ts';
import {
  type Eventual,
  type EventualAll,
  filterAsync,
  flatMapAsync,
  mapAsync,
  recordsOf,
} from '../rdd/async-operators.ts';
import { type AsyncOptions, resolveAsyncOptions } from '../rdd/async-options.ts';
import * as narrow from '../rdd/narrow-operators.ts';
import type { RecordErrorReaction } from '../record-errors/record-error-rule.ts';
import type { RDD } from '../rdd/rdd.ts';
import type { OrTuple, Pair } from '../rdd/pair.ts';
import type {
  AsynchronousFunctionRefused,
  IterableOfPromises,
  OnlyPromise,
  OnlyPromises,
} from '../rdd/refused-function.ts';
import { synchronous, synchronousIterable } from '../rdd/synchronous.ts';
import type { DropDuplicatesOptions } from '../state/drop-duplicates.ts';
import { dropEventDuplicates } from './drop-event-duplicates.ts';
import { EventTimeWindows } from './event-time-windows.ts';
import { fixedRule, type WindowAlignment } from './fixed-windows.ts';
import type { Joined } from './join-step.ts';
import { joinOperators, type JoinWithinOptions } from './join-within.ts';
import { AHEAD, recordOf, type Timed } from './timed-record.ts';
import type { WatermarkClock } from './watermark-clock.ts';
import type { Watermark } from './watermark.ts';
import type { WindowOperators } from './window-operators.ts';

/** Makes streams; the streams themselves pass the maker on, so that this file does not depend on their class. */
export interface StreamMaker {
  readonly stream: <T>(operator: StreamOperator<T>) => DStream<T>;
  readonly windows: <R, L>(operators: WindowOperators<R, L>) => EventWindowDStream<R, L>;
}

/** A thing with state that a program may name. */
interface Named {
  uid(uid: string, options: UidOptions): unknown;
}

/** A stream of records with event times. Made by `DStream.assignTimestamps`. */
export class EventTimeStream<out T> {
  readonly #timed: DStream<Timed<T>>;
  readonly #clock: WatermarkClock<DStream<Watermark>>;
  readonly #maker: StreamMaker;
  readonly #named: Named;

  /**
   * Only for `assignTimestamps` and this class: programs call `assignTimestamps`. `named` has the state of the stream;
   * default: the clock.
   */
  constructor(
    stream: DStream<Timed<T>>,
    clock: WatermarkClock<DStream<Watermark>>,
    maker: StreamMaker,
    named: Named = clock,
  ) {
    this.#timed = stream;
    this.#clock = clock;
    this.#maker = maker;
    this.#named = named;
  }

  // Records; each result keeps the time of its original record

  /** Maps every record through `fn`. */
  map<P extends PromiseLike<unknown>>(
    fn: (record: T) => OrTuple<P>,
    ...refused: OnlyPromise<P>
  ): AsynchronousFunctionRefused;
  map<U>(fn: (record: T) => OrTuple<U>): EventTimeStream<U>;
  map<U>(fn: (record: T) => OrTuple<U>): unknown {
    onlyFunction('map', fn);
    // `OrTuple` only makes the compiler infer tuples.
    const each = ([atMs, record]: Timed<T>): Timed<U> => [atMs, synchronous('map', fn(record)) as U];
    return this.#each('map', (rdd) =>
      rdd.environment.define(narrow.map<Timed<T>, Timed<U>>(rdd, each, recordOf)),
    );
  }

  /** Replaces every record by the records of an iterable, none or many. */
  flatMap<I extends IterableOfPromises>(
    fn: (record: T) => I,
    ...refused: OnlyPromises<I>
  ): AsynchronousFunctionRefused;
  flatMap<U>(fn: (record: T) => Iterable<OrTuple<U>>): EventTimeStream<U>;
  flatMap<U>(fn: (record: T) => Iterable<OrTuple<U>>): unknown {
    onlyFunction('flatMap', fn);
    const each = ([atMs, record]: Timed<T>): Iterable<Timed<U>> => {
      const results = synchronousIterable('flatMap', fn(record));
      const at = (made: OrTuple<U>): Timed<U> => [atMs, synchronous('flatMap', made, results) as U];
      return Array.isArray(results) ? results.map(at) : eachOf(results, at);
    };
    return this.#each('flatMap', (rdd) =>
      rdd.environment.define(narrow.flatMap<Timed<T>, Timed<U>>(rdd, each, recordOf)),
    );
  }

  /** Keeps the records for which `fn` returns true. Removed records still count for the watermark. */
  filter(fn: (record: T) => boolean): EventTimeStream<T> {
    onlyFunction('filter', fn);
    const each = ([, record]: Timed<T>): boolean => fn(record);
    return this.#each('filter', (rdd) => rdd.environment.define(narrow.filter(rdd, each, recordOf)));
  }

  /** Maps every record through the result of `fn`, which may come later; see `DStream.mapAsync`. */
  mapAsync<U>(
    fn: (record: T, call: AsyncCall) => Eventual<U>,
    options: Partial<AsyncOptions> = {},
  ): EventTimeStream<U> {
    const kind = 'mapAsync';
    this.#checkCalled(kind, fn, options);
    const later = async ([atMs, record]: Timed<T>, call: AsyncCall): Promise<Timed<U>> => [
      atMs,
      (await fn(record, call)) as U,
    ];
    return this.#each(kind, (rdd) =>
      rdd.environment.define(mapAsync<Timed<T>, Timed<U>>(rdd, later, options, recordOf)),
    );
  }

  /** As `mapAsync`, with none or many records for each record. */
  flatMapAsync<U>(
    fn: (record: T, call: AsyncCall) => EventualAll<U>,
    options: Partial<AsyncOptions> = {},
  ): EventTimeStream<U> {
    const kind = 'flatMapAsync';
    this.#checkCalled(kind, fn, options);
    const later = async ([atMs, record]: Timed<T>, call: AsyncCall): Promise<Timed<U>[]> => {
      const results = recordsOf(kind, await fn(record, call));
      return results.map((made): Timed<U> => [atMs, made as U]);
    };
    return this.#each(kind, (rdd) =>
      rdd.environment.define(flatMapAsync<Timed<T>, Timed<U>>(rdd, later, options, recordOf)),
    );
  }

  /** As `mapAsync`: keeps the records for which `fn` returns true. Removed records still count for the watermark. */
  filterAsync(
    fn: (record: T, call: AsyncCall) => boolean | PromiseLike<boolean>,
    options: Partial<AsyncOptions> = {},
  ): EventTimeStream<T> {
    const kind = 'filterAsync';
    this.#checkCalled(kind, fn, options);
    const later = ([, record]: Timed<T>, call: AsyncCall) => fn(record, call);
    return this.#each(kind, (rdd) => rdd.environment.define(filterAsync(rdd, later, options, recordOf)));
  }

  /**
   * The records of this stream and of the other streams. The watermark is the earliest watermark of all sources that
   * are not idle.
   *
   * @throws `MR_GRAPH_DIFFERENT_SLIDES`, `MR_GRAPH_MIXED_CONTEXTS`.
   */
  union(...others: readonly EventTimeStream<T>[]): EventTimeStream<T> {
    // Untyped code may pass another value, which the operator then refuses.
    const timedOf = (other: unknown) => (other instanceof EventTimeStream ? other.#timed : other) as never;
    const records = unionOperator<Timed<T>>([this.#timed, ...others.map(timedOf)]);
    const clock = this.#clock.with(others.map((other) => other.#clock));
    return new EventTimeStream(this.#maker.stream(records), clock, this.#maker);
  }

  /**
   * Drops records of a key whose times are within `withinMs` of a record of the key that has passed. Inside a batch the
   * oldest record passes. Any two records of a key that pass are more than `withinMs` apart, in any order of arrival.
   * A record that the watermark has passed by more than `withinMs`, or that is ahead of its batch, can no longer be
   * judged and does not pass either; such records count as late (`records:late`). Let `withinMs` therefore be at least
   * the size plus the allowed lateness of windows behind. Give the resulting stream a `uid`, which names its memory.
   *
   * @throws `MR_GRAPH_INVALID_ARGUMENT`.
   */
  dropDuplicates<P extends PromiseLike<unknown>>(
    keyOf: (record: T) => P,
    options: DropDuplicatesOptions,
    ...refused: OnlyPromise<P>
  ): AsynchronousFunctionRefused;
  dropDuplicates(keyOf: (record: T) => unknown, options: DropDuplicatesOptions): EventTimeStream<T>;
  dropDuplicates(keyOf: (record: T) => unknown, options: DropDuplicatesOptions): unknown {
    const clock = this.#clock;
    const work = { timed: this.#timed, clock, keyOf, options, make: this.#maker.stream };
    const passed = this.#maker.stream(dropEventDuplicates(work));
    return new EventTimeStream(passed, clock, this.#maker, passed);
  }

  // Joins. Pairs by key and time; see `JoinWithinOptions`.

  /**
   * Pairs every value with every value of the same key in the other stream whose time is from `beforeMs` before to
   * `afterMs` after the time of this stream's record. Each pair comes once, in the batch of its later arrival. The
   * watermark is the earliest one of both streams. A record that the watermark of the previous batch has passed is late:
   * the record is in `lateRecords()`, with undefined in place of the other stream's value. Records are remembered, in
   * checkpoints, until the watermark has passed the times of all possible partners: give the result a `uid`.
   *
   * ```ts
   * orders.joinWithin(payments, { beforeMs: 0, afterMs: 3_600_000 }).uid('paid-orders');
   * ```
   *
   * @throws `MR_GRAPH_INVALID_ARGUMENT`, `MR_GRAPH_DIFFERENT_SLIDES`, `MR_GRAPH_MIXED_CONTEXTS`.
   */
  joinWithin<K, V, W>(
    this: EventTimeStream<Pair<K, V>>,
    other: EventTimeStream<Pair<K, W>>,
    options: JoinWithinOptions,
  ): EventWindowDStream<[K, [V, W]], [K, [V | undefined, W | undefined]]> {
    return this.#maker.windows(
      // Without the option of an outer join, every pair has both values.
      this.#joined('joinWithin', other, options) as WindowOperators<[K, [V, W]], [K, Joined<V, W>]>,
    );
  }

  /**
   * As `joinWithin`; a value of this stream without a partner is paired once with undefined, in the batch whose watermark
   * has passed the times of all possible partners.
   *
   * @throws as `joinWithin`.
   */
  leftOuterJoinWithin<K, V, W>(
    this: EventTimeStream<Pair<K, V>>,
    other: EventTimeStream<Pair<K, W>>,
    options: JoinWithinOptions,
  ): EventWindowDStream<[K, [V, W | undefined]], [K, [V | undefined, W | undefined]]> {
    return this.#maker.windows(
      // A pair without a left value does not exist.
      this.#joined('leftOuterJoinWithin', other, options) as WindowOperators<
        [K, [V, W | undefined]],
        [K, Joined<V, W>]
      >,
    );
  }

  #joined<K, V, W>(
    this: EventTimeStream<Pair<K, V>>,
    kind: 'joinWithin' | 'leftOuterJoinWithin',
    other: EventTimeStream<Pair<K, W>>,
    options: JoinWithinOptions,
  ): WindowOperators<[K, Joined<V, W>], [K, Joined<V, W>]> {
    if (!(other instanceof EventTimeStream))
      throw invalidArgument(kind, 'the other stream', typeof other, 'a stream with event time');
    const hasOwnClock = !this.#clock.covers(other.#clock);
    const clock = hasOwnClock ? this.#clock.with([other.#clock]) : this.#clock;
    const inputs = {
      left: this.#timed,
      right: other.#timed,
      clock,
      hasOwnClock,
      make: this.#maker.stream,
    };
    return joinOperators<K, V, W>(kind, inputs, options);
  }

  /** The records without their times. */
  get records(): DStream<T> {
    return this.#timed.map(([, record]) => record as OrTuple<T>);
  }

  /**
   * The records of a batch whose time is further ahead of the batch than `maxFutureMs` permits: they belong to no
   * window, and do not move the watermark. Write them to a sink to look at them later, or give `assignTimestamps` the
   * reaction `'dead-letter'`: the records then are dead letters, too. Ahead records are counted, whether read or not, as
   * long as the program uses the watermark: listeners get `records:ahead`.
   */
  aheadRecords(): DStream<T> {
    const ahead = this.#each('aheadRecords', (rdd) => rdd.filter(([atMs]) => atMs === AHEAD));
    return ahead.records;
  }

  // Watermarks

  /** One record a batch: the watermark before the batch and with the batch. */
  get watermarks(): DStream<Watermark> {
    return this.#clock.watermarks;
  }

  /**
   * Gives the watermark an id that stays when the program changes, so that a restart finds the watermark again. Streams
   * that were made from this one without a union share the watermark. Before a union, the uid names the source as well:
   * the watermark of the union finds the source in any order and among any other sources. Sources without a uid have to
   * keep their places in the program. The result of `dropDuplicates` has a memory of its own, and `uid` names that.
   *
   * `was` has former uids, see `DStream.uid`.
   *
   * @throws `MR_GRAPH_INVALID_UID`, `MR_GRAPH_DUPLICATE_UID`, `MR_GRAPH_INVALID_ARGUMENT`.
   */
  uid(uid: string, options: UidOptions = {}): this {
    this.#named.uid(uid, options);
    return this;
  }

  /**
   * The reaction to a record for which the function of the last operator fails: of `assignTimestamps`, `dropDuplicates`,
   * `map`, `flatMap`, `filter` or an asynchronous form. See `DStream.onRecordError`. A record without a valid time is such
   * a record. With `'dead-letter'` for `assignTimestamps`, a record that is ahead by more than `maxFutureMs` counts as such
   * a record, too: a dead letter reports the record, which stays in the stream (`aheadRecords`).
   *
   * @throws `MR_GRAPH_INVALID_ARGUMENT`, `MR_RECORD_NO_DEAD_LETTERS`.
   */
  onRecordError(reaction: RecordErrorReaction): this {
    this.#timed.onRecordError(reaction);
    return this;
  }

  // Windows. Sizes are milliseconds of event time, at least 1, independent of the batch interval.

  /**
   * Consecutive windows: a record belongs to one. Windows begin at multiples of `sizeMs` in UTC, moved by
   * `alignment.offsetMs`, or by the clock of `alignment.timeZone`.
   *
   * ```ts
   * visits.tumbling(86_400_000, { timeZone: 'Europe/Berlin' }); // days of 23, 24 and 25 hours
   * ```
   *
   * @throws `MR_GRAPH_INVALID_ARGUMENT`, also for a time zone that does not exist.
   */
  tumbling(sizeMs: number, alignment: WindowAlignment = {}): EventTimeWindows<T> {
    durationMs('tumbling', 'sizeMs', sizeMs);
    return this.#windows(aligned('tumbling', { sizeMs, slideMs: sizeMs }, alignment));
  }

  /**
   * A window at every multiple of `slideMs`: a record belongs to all windows that contain its time, and to none if the
   * time falls between windows shorter than their slide. `alignment` is as for `tumbling`.
   *
   * @throws `MR_GRAPH_INVALID_ARGUMENT`.
   */
  sliding(sizeMs: number, slideMs: number, alignment: WindowAlignment = {}): EventTimeWindows<T> {
    durationMs('sliding', 'sizeMs', sizeMs);
    durationMs('sliding', 'slideMs', slideMs);
    return this.#windows(aligned('sliding', { sizeMs, slideMs }, alignment));
  }

  /**
   * Groups the records of each key without a pause of `gapMs` into one session. A session ends `gapMs` after its last
   * record. With `allowedLateness` a record may merge sessions that were emitted before: the result lists the earlier
   * sessions in `replaces`, and a sink removes these when writing the result.
   */
  session(gapMs: number): EventTimeWindows<T> {
    durationMs('session', 'gapMs', gapMs);
    return this.#windows({ kind: 'session', gapMs });
  }

  #windows(rule: ConstructorParameters<typeof EventTimeWindows<T>>[0]['rule']): EventTimeWindows<T> {
    const { stream: make, windows } = this.#maker;
    const clock = this.#clock;
    return new EventTimeWindows({ timed: this.#timed, clock, rule, allowedLatenessMs: 0, make, windows });
  }

  #checkCalled(kind: string, fn: unknown, options: Partial<AsyncOptions>): void {
    onlyFunction(kind, fn);
    resolveAsyncOptions(kind, options);
  }

  #each<U>(kind: string, build: (rdd: RDD<Timed<T>>) => RDD<Timed<U>>): EventTimeStream<U> {
    const operator = perBatch({ kind, parent: this.#timed, build });
    return new EventTimeStream(this.#maker.stream(operator), this.#clock, this.#maker);
  }
}

function aligned(operator: string, lengths: Parameters<typeof fixedRule>[1], alignment: WindowAlignment) {
  return fixedRule(
    operator,
    lengths,
    operatorOptions(operator, alignment, { offsetMs: 'any', timeZone: 'any' }),
  );
}

function* eachOf<T, U>(items: Iterable<T>, map: (item: T) => U): Generator<U> {
  for (const item of items) yield map(item);
}
