// Combinations of any number of streams: `union` and `transform` of a context.
import type { BatchTime } from '@millrace/core';
import type { RDD } from '../rdd/rdd.ts';
import { onlyFunction } from '../graph/checked-argument.ts';
import { derivedStreams } from './derived-streams.ts';
import type { DStream } from './dstream.ts';
import { transformOperator, unionOperator } from '../graph/transform-operator.ts';

/** The RDDs of a list of streams, each with its stream's type. */
export type RddsOf<Streams extends readonly DStream<unknown>[]> = {
  readonly [Index in keyof Streams]: Streams[Index] extends DStream<infer T> ? RDD<T> : never;
};

/**
 * The records of all streams, in their order.
 *
 * @throws `MR_GRAPH_NO_PARENTS`, `MR_GRAPH_DIFFERENT_SLIDES`, `MR_GRAPH_MIXED_CONTEXTS`.
 */
export function unionStreams<T>(streams: readonly DStream<T>[]): DStream<T> {
  return derive(unionOperator(streams));
}

/**
 * The result of `fn` for the RDDs of the streams in a batch; see `DStream.transform`.
 *
 * @throws as `unionStreams`.
 */
export function transformStreams<const Streams extends readonly DStream<unknown>[], U>(
  streams: Streams,
  fn: (rdds: RddsOf<Streams>, batchTime: BatchTime) => RDD<U>,
): DStream<U> {
  onlyFunction('transform', fn);
  const operator = transformOperator<unknown, U>({
    kind: 'transform',
    streams,
    // The RDDs come in the order of the streams, so the types match.
    build: (rdds, batchTime) => fn(rdds as RddsOf<Streams>, batchTime),
  });
  return derive(operator);
}

function derive<T>(operator: ReturnType<typeof unionOperator<T>>): DStream<T> {
  return derivedStreams.derived(operator.parents[0].scope, operator);
}
