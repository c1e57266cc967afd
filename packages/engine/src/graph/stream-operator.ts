// What makes one derived stream different from another: what it reads, how it slides, and how its RDD of a batch
// follows from theirs. Operators are small objects; `DerivedDStream` gives them identity, memory and a life.
import type { BatchTime } from '@millrace/core';
import type { RDD } from '../rdd/rdd.ts';
import type { CheckpointedState } from './checkpointed-state.ts';
import type { BatchOf } from './batch-walk.ts';
import type { StreamNode } from './stream-node.ts';

/** Turns parents into a stream. */
export interface StreamOperator<T> {
  /** What it does, in one word, for instance `map`. */
  readonly kind: string;
  /** What it reads; at least one. */
  readonly parents: readonly [StreamNode<unknown>, ...StreamNode<unknown>[]];
  /** Default: the slide of the first parent. */
  readonly slideMs?: number;
  /** How much longer than itself its parents have to be remembered, in milliseconds. Default 0. */
  readonly reachBackMs?: number;
  /** How many partitions it was told to make, where it was told; part of the graph's fingerprint. */
  readonly partitions?: number | undefined;
  /** The stream to keep in memory when this one is to be. Default: this one. */
  readonly persisted?: StreamNode<unknown>;
  /** The stream behind it that remembers; it shares the uid, with `.state` at the end. Default: there is none. */
  readonly behind?: StreamNode<unknown>;
  /** What it remembers from batch to batch; checkpoints keep it. Default: nothing. */
  readonly state?: CheckpointedState;
  /** Told which stream it has become, before anything else is asked of it. */
  attach?(stream: StreamNode<T>): void;
  /** See `StreamNode.settle`. */
  settle?(batchTime: BatchTime): Promise<void>;
  /** See `StreamNode.abandon`. */
  abandon?(doneUpTo: BatchTime): void;
  /** Forgets what it keeps of batches up to this one; what it has to make later batches from it goes on with. */
  forget?(rememberedAfter: BatchTime): void;
  /** See `StreamNode.asksFor`. Default: the batch of the same time of each parent. */
  asksFor?(batchTime: BatchTime): readonly BatchOf[];
  /** Makes the RDD of a batch; undefined: there is none. Called once a batch, also on executors: it must be pure. */
  compute(batchTime: BatchTime): RDD<T> | undefined;
}

/** An operator on the batches of one stream; no RDD there is no RDD here. */
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
