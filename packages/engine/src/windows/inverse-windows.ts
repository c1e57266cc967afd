// The windows that move on by an inverse function, as programs ask for them: by key, with or without a filter, and of
// whole batches, which are one key then.
import type { Aggregate } from '../rdd/sliding-aggregates.ts';
import type { RDD } from '../rdd/rdd.ts';
import { InverseWindowOperator } from './inverse-window-operator.ts';
import type { StreamNode } from '../graph/stream-node.ts';
import type { StreamOperator } from '../graph/stream-operator.ts';
import type { WindowSpan } from './window-operator.ts';

/** How `reduceByWindow` works; without an inverse function, every window is reduced anew. */
export interface WindowOptions<V> {
  /**
   * Takes away what leaves the window: `inverse(fn(a, b), a)` is `b`. With it a window costs what enters and what
   * leaves it, however long it is; `fn` has to be associative and commutative.
   */
  inverse?(this: void, value: V, gone: V): V;
}

/** How `reduceByKeyAndWindow` works. A filter needs an inverse function; without one, `filter` the stream. */
export type KeyedWindowOptions<K, V> =
  | {
      /** Partitions of the result. Default: the environment's default parallelism. */
      readonly partitions?: number | undefined;
      readonly inverse?: undefined;
      readonly filter?: undefined;
    }
  | {
      /** Partitions of the result. Default: the environment's default parallelism. */
      readonly partitions?: number | undefined;
      /** As in `WindowOptions`. A key that has left the window stays, with what `inverse` has made of its value. */
      readonly inverse: (value: V, gone: V) => V;
      /**
       * Which pairs a window shows. With it a key that has left the window is forgotten. What it hides is not lost: a
       * key shows again with its right value when the filter lets it.
       */
      readonly filter?: ((pair: [K, V]) => boolean) | undefined;
    };

/** What both kinds need. */
interface InverseWindow<K, V> {
  readonly kind: string;
  /** Each batch with each key once. */
  readonly batches: StreamNode<[K, V]>;
  readonly span: WindowSpan;
  readonly fn: (left: V, right: V) => V;
  readonly inverse: (value: V, gone: V) => V;
}

/** One pair for every key. @throws `MR_GRAPH_INVALID_ARGUMENT`, `MR_GRAPH_DURATION_NOT_MULTIPLE`. */
export function inverseWindowByKey<K, V>(
  window: InverseWindow<K, V>,
  options: { readonly partitions: number; readonly filter?: ((pair: [K, V]) => boolean) | undefined },
): StreamOperator<[K, V]> {
  const { partitions, filter } = options;
  return new InverseWindowOperator<K, V, [K, V]>({
    ...window,
    partitions,
    keepsAbsent: filter === undefined,
    build: (aggregates) => {
      const pairs: RDD<[K, V]> = aggregates.mapValues(valueOf<V>);
      return filter === undefined ? pairs : pairs.filter(filter);
    },
  });
}

/** One record, none before there was any. @throws as `inverseWindowByKey`. */
export function inverseWindow<V>(window: InverseWindow<null, V>): StreamOperator<V> {
  return new InverseWindowOperator<null, V, V>({
    ...window,
    partitions: 1,
    keepsAbsent: true,
    build: (aggregates) => aggregates.map(aggregateOf<V>).map(valueOf<V>),
  });
}

const aggregateOf = <V>(pair: readonly [null, Aggregate<V>]): Aggregate<V> => pair[1];
const valueOf = <V>(aggregate: Aggregate<V>): V => aggregate.value;
