// Windows that follow from the previous window: batches are reduced first, then the window adds the batch that enters and
// subtracts the batch that leaves.
import { optionalPartitions } from '../graph/checked-argument.ts';
import type { StreamNode } from '../graph/stream-node.ts';
import { type MakeStream, perBatch, type StreamOperator } from '../graph/stream-operator.ts';
import type { Pair } from '../rdd/pair.ts';
import { inverseWindow, inverseWindowByKey, type KeyedWindowOptions } from '../windows/inverse-windows.ts';
import type { WindowSpan } from '../windows/window-operator.ts';

/** A window over a stream with at most one record in each batch: for the window, these records share one key. */
export function movingWindow<T>(
  stream: StreamNode<T>,
  window: {
    readonly kind: string;
    readonly span: WindowSpan;
    readonly fn: (left: T, right: T) => T;
    readonly inverse: (value: T, gone: T) => T;
  },
  make: MakeStream,
): StreamOperator<T> {
  const underOneKey = perBatch({
    kind: 'map',
    parent: stream,
    build: (rdd) => rdd.map((record): [null, T] => [null, record]),
  });
  return inverseWindow({ ...window, batches: make(reduced(make(underOneKey), window.fn, 1)) });
}

/** A window over a stream of pairs, with one aggregate for every key. */
export function movingWindowByKey<K, V>(
  stream: StreamNode<Pair<K, V>>,
  window: {
    readonly kind: string;
    readonly span: WindowSpan;
    readonly fn: (left: V, right: V) => V;
    readonly options: Extract<KeyedWindowOptions<K, V>, { readonly inverse: unknown }>;
  },
  make: MakeStream,
): StreamOperator<[K, V]> {
  const { kind, span, fn, options } = window;
  const { inverse, filter } = options;
  // The same number in every batch, however the stream's RDDs are partitioned: each window follows from the previous
  // one.
  const partitions = options.partitions ?? stream.scope.environment.defaultParallelism;
  const batches = make(reduced(stream, fn, partitions));
  return inverseWindowByKey({ kind, batches, span, fn, inverse }, { partitions, filter });
}

function reduced<K, V>(
  parent: StreamNode<Pair<K, V>>,
  fn: (left: V, right: V) => V,
  partitions: number,
): StreamOperator<[K, V]> {
  const kind = 'reduceByKey';
  optionalPartitions(kind, partitions);
  return perBatch({ kind, parent, partitions, build: (rdd) => rdd.reduceByKey(fn, partitions) });
}
