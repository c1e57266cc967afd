// The part that distinguishes derived streams: the parents, the slide, and the derivation of a batch's RDD from the
// parents' RDDs. Operators are small objects; `DerivedDStream` gives an operator identity, memory and lifetime.
import type { BatchTime } from '@millrace/core';
import type { RDD } from '../rdd/rdd.ts';
import type { CheckpointedState } from './checkpointed-state.ts';
import type { BatchOf } from './graph-stream.ts';
import type { StreamNode } from './stream-node.ts';

/** Turns parents into a stream. */
export interface StreamOperator<T> {
  /** The operation in one word, for instance `map`. */
  readonly kind: string;
  /** The streams that the operator reads; at least one. */
  readonly parents: readonly [StreamNode<unknown>, ...StreamNode<unknown>[]];
  /** Default: the slide of the first parent. */
  readonly slideMs?: number;
  /** The time that parents have to be remembered beyond the operator's own time, in milliseconds. Default 0. */
  readonly reachBackMs?: number;
  /** The requested number of partitions, if given; part of the graph's fingerprint. */
  readonly partitions?: number | undefined;
  /** The stream to keep in memory when this stream is persisted. Default: this stream. */
  readonly persisted?: StreamNode<unknown>;
  /** The state stream behind the operator; shares the uid, with `.state` at the end. Default: none. */
  readonly behind?: StreamNode<unknown>;
  /** Streams that programs do not see, with functions of the operator; share `onRecordError`. Default: none. */
  readonly hidden?: readonly StreamNode<unknown>[];
  /** The operator's state from batch to batch; checkpoints keep it. Default: no state. */
  readonly state?: CheckpointedState;
  /** Passes the stream to its operator, before any other call. */
  attach?(stream: StreamNode<T>): void;
  /** See `StreamNode.materialize`. */
  materialize?(batchTime: BatchTime): Promise<void>;
  /** See `StreamNode.abandon`. */
  abandon?(doneUpTo: BatchTime): void;
  /** Forgets data of batches up to this one; data that later batches are made from stays. */
  forget?(rememberedAfter: BatchTime): void;
  /** See `StreamNode.asksFor`. Default: the batch of the same time of each parent. */
  asksFor?(batchTime: BatchTime): readonly BatchOf[];
  /** Makes the RDD of a batch; undefined when there is none. Called once a batch, also on executors: must be pure. */
  compute(batchTime: BatchTime): RDD<T> | undefined;
}

/** Makes a stream out of an operator. */
export type MakeStream = <T>(operator: StreamOperator<T>) => StreamNode<T>;

/** An operator on the batches of one stream; a batch without an RDD there has no RDD here. */
export function perBatch<T, U>(options: {
  readonly kind: string;
  readonly parent: StreamNode<T>;
  readonly partitions?: number | undefined;
  readonly build: (rdd: RDD<T>) => RDD<U>;
}): StreamOperator<U> {
  const { kind, parent, partitions, build } = options;
  return {
    kind,
    parents: [parent],
    partitions,
    compute: (batchTime) => {
      const rdd = parent.getOrCompute(batchTime);
      return rdd === undefined ? undefined : build(rdd);
    },
  };
}

/** The same batches as another stream, which has a place of its own in checkpoints. */
export function keptOperator<T>(parent: StreamNode<T>): StreamOperator<T> {
  return perBatch({ kind: 'kept', parent, build: (rdd) => rdd.environment.union([rdd]) });
}
