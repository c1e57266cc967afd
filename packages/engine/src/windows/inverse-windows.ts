// The public forms of windows with an inverse function: by key, with or without a filter, and over whole batches, which
// count as one key.
import type { Aggregate } from '../rdd/sliding-aggregates.ts';
import type { RDD } from '../rdd/rdd.ts';
import { InverseWindowOperator } from './inverse-window-operator.ts';
import type { StreamNode } from '../graph/stream-node.ts';
import type { StreamOperator } from '../graph/stream-operator.ts';
import type { WindowSpan } from './window-operator.ts';

/** Options of `reduceByWindow`; without an inverse function, every window is reduced anew. */
export interface WindowOptions<V> {
  /**
   * Subtracts the values that leave the window: `inverse(fn(a, b), a)` is `b`. A window then costs only the values that
   * enter and leave, for any length; `fn` has to be associative and commutative.
   */
  inverse?(this: void, value: V, gone: V): V;
}

/**
 * Options of `reduceByKeyAndWindow`. A filter needs an inverse function; without an inverse function, `filter` the
 * stream.
 */
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
      /** As in `WindowOptions`. A key that has left the window stays, with the value that `inverse` returned. */
      readonly inverse: (value: V, gone: V) => V;
      /**
       * Selects the pairs that a window shows. With a filter, a key that has left the window is forgotten. A hidden
       * pair is not lost: the key shows its right value again when the filter accepts the pair.
       */
      readonly filter?: ((pair: [K, V]) => boolean) | undefined;
    };

/** The parts that both kinds share. */
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

/** One record; no record before the first input. @throws as `inverseWindowByKey`. */
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
