// Windows that follow from the previous window: batches are reduced first, then the window adds the batch that enters and
// subtracts the batch that leaves.
import type { DStream } from './dstream.ts';
import type { StreamOperator } from '../graph/stream-operator.ts';
import type { Pair } from '../rdd/pair.ts';
import { inverseWindow, inverseWindowByKey, type KeyedWindowOptions } from '../windows/inverse-windows.ts';
import type { WindowSpan } from '../windows/window-operator.ts';

/** A window over a stream with at most one record in each batch: for the window, these records share one key. */
export function movingWindow<T>(
  stream: DStream<T>,
  window: {
    readonly kind: string;
    readonly span: WindowSpan;
    readonly fn: (left: T, right: T) => T;
    readonly inverse: (value: T, gone: T) => T;
  },
): StreamOperator<T> {
  const batches = stream.map((record): [null, T] => [null, record]).reduceByKey(window.fn, 1);
  return inverseWindow({ ...window, batches });
}

/** A window over a stream of pairs, with one aggregate for every key. */
export function movingWindowByKey<K, V>(
  stream: DStream<Pair<K, V>>,
  window: {
    readonly kind: string;
    readonly span: WindowSpan;
    readonly fn: (left: V, right: V) => V;
    readonly options: Extract<KeyedWindowOptions<K, V>, { readonly inverse: unknown }>;
  },
): StreamOperator<[K, V]> {
  const { kind, span, fn, options } = window;
  const { inverse, filter } = options;
  // The same number in every batch, however the stream's RDDs are partitioned: each window follows from the previous
  // one.
  const partitions = options.partitions ?? stream.scope.environment.defaultParallelism;
  const batches = stream.reduceByKey(fn, partitions);
  return inverseWindowByKey({ kind, batches, span, fn, inverse }, { partitions, filter });
}
