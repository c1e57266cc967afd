// An RDD behind a shuffle. The parent is computed by map tasks that write buckets; a partition of this RDD reads
// its bucket of every map partition, in their order, and `read` makes records of the buckets. The RDD's id is the
// name of the shuffle: the outputs live as long as the RDD is known.
import { pushInSlices } from './push-records.ts';
import type { RddNode, RddRecipe, TaskContext } from './rdd-node.ts';
import type { ChunkSink } from './record-sink.ts';
import type { ShuffleWriter } from './shuffle-writer.ts';

/**
 * Buckets as fetched: one for each map partition, in order. Read-only, because every task that fetches them shares
 * them.
 */
export type FetchedBuckets = readonly (readonly unknown[])[];

/** The parts of a shuffle. `T` is a record of the parent, `U` a record of the result. */
export interface ShuffleSpec<T, U> {
  readonly parent: RddNode<T>;
  readonly partitionCount: number;
  /** Whether the resulting records are pairs, in the partitions of their keys. */
  readonly hashed: boolean;
  readonly createWriter: (mapPartition: number) => ShuffleWriter<T>;
  readonly read: (buckets: FetchedBuckets, context: TaskContext, push: ChunkSink<U>) => Promise<void>;
}

/** Makes the RDD behind a shuffle. */
export function shuffledRdd<T, U>(spec: ShuffleSpec<T, U>): RddRecipe<U> {
  const { parent, partitionCount, read } = spec;
  return (id) => ({
    kind: 'source',
    partitionCount,
    dependencies: [{ kind: 'shuffle', rdd: parent, createWriter: spec.createWriter }],
    ...(spec.hashed ? { hashPartitions: partitionCount } : {}),
    produce: async (partition, context, push) => {
      const mapPartitions = parent.partitionCount;
      await read(await context.fetcher.fetch({ shuffleId: id, mapPartitions, partition }), context, push);
    },
  });
}

/** Reads the records unchanged. */
export async function readPlain<U>(
  buckets: FetchedBuckets,
  context: TaskContext,
  push: ChunkSink<U>,
): Promise<void> {
  for (const bucket of buckets) await pushInSlices(bucket as readonly U[], context, push);
}
