// Operators that combine the RDDs of several streams for the same batch. A batch without one of the RDDs has no
// meaning. Therefore the streams must have equal slides, and a stream without an RDD fails the batch.
import type { BatchTime } from '@millrace/core';
import { RDD } from '../rdd/rdd.ts';
import { synchronous } from '../rdd/synchronous.ts';
import { dstreamError } from './dstream-errors.ts';
import { StreamNode } from './stream-node.ts';
import type { StreamOperator } from './stream-operator.ts';

/**
 * The records of all streams, in the order of the streams.
 *
 * @throws `MR_GRAPH_NO_PARENTS`, `MR_GRAPH_DIFFERENT_SLIDES`.
 */
export function unionOperator<T>(streams: readonly StreamNode<T>[]): StreamOperator<T> {
  return combine('union', streams, (rdds, _, environment) => environment.union(rdds));
}

/**
 * The result of `build` for the streams' RDDs. The caller knows the types of several streams.
 *
 * @throws `MR_GRAPH_NO_PARENTS`, `MR_GRAPH_DIFFERENT_SLIDES`.
 */
export function transformOperator<T, U>(options: {
  readonly kind: string;
  readonly streams: readonly StreamNode<T>[];
  readonly partitions?: number | undefined;
  readonly build: (rdds: readonly RDD<T>[], batchTime: BatchTime) => RDD<U>;
}): StreamOperator<U> {
  const { kind, streams, partitions, build } = options;
  const operator = combine(kind, streams, (rdds, batchTime) => checkResult(kind, build(rdds, batchTime)));
  return { ...operator, partitions };
}

function combine<T, U>(
  kind: string,
  streams: readonly StreamNode<T>[],
  build: (rdds: readonly RDD<T>[], batchTime: BatchTime, environment: RDD<T>['environment']) => RDD<U>,
): StreamOperator<U> {
  const [first, ...others] = streams;
  if (first === undefined)
    throw dstreamError('MR_GRAPH_NO_PARENTS', `${kind} needs at least one stream, but got none`);
  for (const stream of streams) assertStream(kind, stream);
  for (const other of others) assertSameSlide(kind, first, other);
  return {
    kind,
    parents: [first, ...others],
    compute: (batchTime) => {
      const rdds = streams.map((stream) => requiredRdd(kind, stream, batchTime));
      return build(rdds, batchTime, first.scope.environment);
    },
  };
}

/** Untyped code may pass another value in place of a stream, for instance an array of streams. */
function assertStream(kind: string, given: unknown): void {
  if (given instanceof StreamNode) return;
  const got = Array.isArray(given) ? 'an array' : `a value of type ${typeof given}`;
  throw dstreamError(
    'MR_GRAPH_INVALID_ARGUMENT',
    `${kind} needs streams, but got ${got}; pass each stream as a separate argument`,
    { details: { operator: kind, got } },
  );
}

function assertSameSlide(kind: string, first: StreamNode<unknown>, other: StreamNode<unknown>): void {
  if (first.slideMs === other.slideMs) return;
  throw dstreamError(
    'MR_GRAPH_DIFFERENT_SLIDES',
    `${kind} needs streams that slide alike, but ${first.id} slides every ${first.slideMs} ms and ${other.id} every ${other.slideMs} ms`,
    { details: { kind, streams: [first.id, other.id], slidesMs: [first.slideMs, other.slideMs] } },
  );
}

function requiredRdd<T>(kind: string, stream: StreamNode<T>, batchTime: BatchTime): RDD<T> {
  const rdd = stream.getOrCompute(batchTime);
  if (rdd !== undefined) return rdd;
  throw dstreamError(
    'MR_GRAPH_PARENT_RDD_MISSING',
    `${kind} found no rdd of ${stream.id} for batch ${batchTime}`,
    {
      details: { kind, stream: stream.id, batchTime },
    },
  );
}

function checkResult<U>(kind: string, result: RDD<U>): RDD<U> {
  if (result instanceof RDD) return result;
  synchronous(kind, result);
  const got = result === null ? 'null' : typeof result;
  throw dstreamError(
    'MR_GRAPH_TRANSFORM_RESULT',
    `the function of ${kind} must return an rdd, but returned ${got}`,
    {
      details: { kind, got },
    },
  );
}
