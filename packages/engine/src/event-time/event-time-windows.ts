// Windows of event time that are described and not made yet: the allowed lateness, and the aggregation of a window's
// records. The resulting stream has a record for each complete window.
import type { EventWindowDStream } from '../dstream/dstream.ts';
import type { StreamNode } from '../graph/stream-node.ts';
import { functions, onlyFunction, operatorOptions, optionalMs } from '../graph/checked-argument.ts';
import { type MakeStream, perBatch, type StreamOperator } from '../graph/stream-operator.ts';
import { copyCombiner } from '../rdd/copy-combiner.ts';
import type { Pair } from '../rdd/pair.ts';
import type { OnlyIfPromise, RefusedUnlessUnknown } from '../rdd/refused-function.ts';
import { synchronous } from '../rdd/synchronous.ts';
import type { Aggregation, EventWindow, WindowRule } from './event-window.ts';
import type { Timed } from './timed-record.ts';
import type { WatermarkClock } from './watermark-clock.ts';
import { windowOperators, type EventWindowOptions, type WindowOperators } from './window-operators.ts';

/** The definition of windows. */
export interface EventTimeWindowsDeps<out T> {
  readonly timed: StreamNode<Timed<T>>;
  readonly clock: WatermarkClock;
  readonly rule: WindowRule;
  readonly allowedLatenessMs: number;
  readonly make: MakeStream;
  readonly windows: <R, L>(operators: WindowOperators<R, L>) => EventWindowDStream<R, L>;
}

/**
 * Windows over a stream with event time. A window is emitted in the batch whose watermark passes its end. Every later
 * batch with a record of the window emits it again, with its new value, as long as `allowedLateness` permits. Values
 * have to be data that the engine's codec accepts. Give the resulting stream a `uid`, under which checkpoints keep its
 * windows.
 */
export class EventTimeWindows<out T> {
  readonly #deps: EventTimeWindowsDeps<T>;

  /** Only for `EventTimeStream`: programs call its `tumbling`, `sliding` and `session`. */
  constructor(deps: EventTimeWindowsDeps<T>) {
    this.#deps = deps;
  }

  /**
   * The time that windows stay after the watermark has passed their end, in milliseconds of event time: a record within
   * that time counts, and a later record is late. Default 0.
   *
   * @throws `MR_GRAPH_INVALID_ARGUMENT`.
   */
  allowedLateness(ms: number): EventTimeWindows<T> {
    optionalMs('allowedLateness', 'ms', ms);
    return new EventTimeWindows({ ...this.#deps, allowedLatenessMs: ms });
  }

  // By key

  /**
   * Reduces the values of every key of a window by an associative `fn`, which may change and return its left argument.
   */
  reduceByKey<K, V>(
    this: EventTimeWindows<Pair<K, V>>,
    fn: (left: V, right: V) => V,
    options: EventWindowOptions<V> = {},
  ): EventWindowDStream<[K, EventWindow<V>], [K, V]> {
    return this.#byKey<K, V, V>(reduction(onlyFunction('reduceByKey', fn)), options);
  }

  /**
   * Aggregates the values of every key of a window, starting from the result of `createZero`. `add` and `merge` may
   * change and return their first argument; `merge` is called only for sessions that have become one.
   */
  aggregateByKey<K, V, P>(
    this: EventTimeWindows<Pair<K, V>>,
    createZero: () => P,
    add: (value: P, record: V) => P,
    merge: (earlier: P, later: P) => P,
    options?: EventWindowOptions<P>,
    ...refused: OnlyIfPromise<P>
  ): RefusedUnlessUnknown<P, EventWindowDStream<[K, EventWindow<P>], [K, V]>>;
  aggregateByKey<K, V, A>(
    this: EventTimeWindows<Pair<K, V>>,
    createZero: () => A,
    add: (value: A, record: V) => A,
    merge: (earlier: A, later: A) => A,
    options?: EventWindowOptions<A>,
  ): EventWindowDStream<[K, EventWindow<A>], [K, V]>;
  aggregateByKey<K, V, A>(
    this: EventTimeWindows<Pair<K, V>>,
    createZero: () => A,
    add: (value: A, record: V) => A,
    merge: (earlier: A, later: A) => A,
    options: EventWindowOptions<A> = {},
  ): unknown {
    functions('aggregateByKey', { createZero, add, merge });
    return this.#byKey(aggregation(createZero, add, merge), options);
  }

  /** Groups all values of every key of a window: batch by batch, inside a batch by time. */
  groupByKey<K, V>(
    this: EventTimeWindows<Pair<K, V>>,
    options: EventWindowOptions<V[]> = {},
  ): EventWindowDStream<[K, EventWindow<V[]>], [K, V]> {
    return this.#byKey(grouping<V>(), options);
  }

  // Without keys. One partition has all windows: for much work, use keys to divide the work.

  /** Reduces all records of a window to one value; otherwise as `reduceByKey`. */
  reduce(
    fn: (left: T, right: T) => T,
    options: Omit<EventWindowOptions<T>, 'partitions'> = {},
  ): EventWindowDStream<EventWindow<T>, T> {
    return this.#whole<T>(reduction(onlyFunction('reduce', fn)), options);
  }

  /** Aggregates all records of a window to one value; otherwise as `aggregateByKey`. */
  aggregate<P>(
    createZero: () => P,
    add: (value: P, record: T) => P,
    merge: (earlier: P, later: P) => P,
    options?: Omit<EventWindowOptions<P>, 'partitions'>,
    ...refused: OnlyIfPromise<P>
  ): RefusedUnlessUnknown<P, EventWindowDStream<EventWindow<P>, T>>;
  aggregate<A>(
    createZero: () => A,
    add: (value: A, record: T) => A,
    merge: (earlier: A, later: A) => A,
    options?: Omit<EventWindowOptions<A>, 'partitions'>,
  ): EventWindowDStream<EventWindow<A>, T>;
  aggregate<A>(
    createZero: () => A,
    add: (value: A, record: T) => A,
    merge: (earlier: A, later: A) => A,
    options: Omit<EventWindowOptions<A>, 'partitions'> = {},
  ): unknown {
    functions('aggregate', { createZero, add, merge });
    return this.#whole(aggregation(createZero, add, merge), options);
  }

  /** Groups all records of a window; otherwise as `groupByKey`. */
  group(options: Omit<EventWindowOptions<T[]>, 'partitions'> = {}): EventWindowDStream<EventWindow<T[]>, T> {
    return this.#whole(grouping<T>(), options);
  }

  #byKey<K, V, A>(
    this: EventTimeWindows<Pair<K, V>>,
    rules: Aggregation<V, A>,
    options: EventWindowOptions<A>,
  ): EventWindowDStream<[K, EventWindow<A>], [K, V]> {
    const deps = this.#deps;
    return deps.windows(operatorsOf(deps, deps.timed, { aggregation: rules, options }));
  }

  #whole<A>(
    rules: Aggregation<T, A>,
    options: Omit<EventWindowOptions<A>, 'partitions'>,
  ): EventWindowDStream<EventWindow<A>, T> {
    const deps = this.#deps;
    const build = perBatch({
      kind: 'underOneKey',
      parent: deps.timed,
      build: (rdd) => rdd.map(([atMs, record]): Timed<[null, T]> => [atMs, [null, record]]),
    });
    const pairs = deps.make(build);
    const keyed = operatorsOf(deps, pairs, {
      aggregation: rules,
      options: { ...operatorOptions('event time windows', options, WHOLE_OPTIONS), partitions: 1 },
    });
    return deps.windows({ ...keyed, results: withoutKey(keyed.results), late: withoutKey(keyed.late) });
  }
}

/** One partition has all windows. */
const WHOLE_OPTIONS = { schemaVersion: 'any', migrate: 'function' } as const;

function operatorsOf<K, V, A>(
  deps: Omit<EventTimeWindowsDeps<unknown>, 'timed'>,
  pairs: StreamNode<Timed<Pair<K, V>>>,
  work: { readonly aggregation: Aggregation<V, A>; readonly options: EventWindowOptions<A> },
): WindowOperators<[K, EventWindow<A>], [K, V]> {
  const { clock, rule, allowedLatenessMs, make } = deps;
  const rules = { rule, allowedLatenessMs, aggregation: work.aggregation };
  return windowOperators({ watermarks: clock.watermarks, pairs, rules, options: work.options, make });
}

function withoutKey<R>(operator: StreamOperator<[null, R]>): StreamOperator<R> {
  const { kind, parents, behind, hidden } = operator;
  return {
    kind,
    parents,
    ...(behind === undefined ? {} : { behind }),
    ...(hidden === undefined ? {} : { hidden }),
    compute: (batchTime) => operator.compute(batchTime)?.map(([, record]) => record),
  };
}

/** Other windows read the input as well, so the left argument is always a copy. */
function reduction<V>(fn: (left: V, right: V) => V): Aggregation<V, V> {
  const reduce = (left: V, right: V): V => {
    const reduced = fn(left, right);
    return reduced === right ? copyCombiner(reduced) : reduced;
  };
  return { create: copyCombiner, add: reduce, merge: reduce };
}

function aggregation<V, A>(
  createZero: () => A,
  add: (value: A, record: V) => A,
  merge: (earlier: A, later: A) => A,
): Aggregation<V, A> {
  const zero = () => synchronous('windows of event time', createZero());
  return { create: (first) => add(zero(), first), add, merge };
}

function grouping<V>(): Aggregation<V, V[]> {
  return {
    create: (first) => [first],
    add: (values, value) => {
      values.push(value);
      return values;
    },
    merge: (earlier, later) => [...earlier, ...later],
  };
}
