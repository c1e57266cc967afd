// RDDs of records in the program's memory.
import { loadedFrom } from './lineage.ts';
import { partitionCount } from './positive-integer.ts';
import type { RddRecipe } from './rdd-node.ts';
import type { RecordChunks } from './record-chunks.ts';

/** Cuts records into `partitions` runs whose lengths differ by at most one. */
export function parallelize<T>(records: RecordChunks<T>, partitions: number): RddRecipe<T> {
  const count = partitionCount('partitions', partitions);
  const boundary = (index: number) => Math.floor((index * records.length) / count);
  return () => ({
    kind: 'source',
    partitionCount: count,
    dependencies: [],
    produce: (partition, context, push) =>
      records.push(context, push, { from: boundary(partition), to: boundary(partition + 1) }),
  });
}

/**
 * An RDD of ready partitions, for instance out of a checkpoint. `hashPartitioned` states that the records are pairs
 * and lie in the partitions that `hashPartition` chooses for their keys.
 */
export function fromPartitions<T>(
  partitions: readonly (readonly T[])[],
  options: { readonly hashPartitioned?: boolean; readonly isUnordered?: boolean } = {},
): RddRecipe<T> {
  return loadedRdd<T>(partitions.length, {
    ...options,
    load: async (partition) => partitions[partition] ?? [],
  });
}

/**
 * An RDD whose partitions are loaded when they are computed. `hashPartitioned` as with `fromPartitions`.
 */
export function loadedRdd<T>(
  partitionCount: number,
  options: {
    readonly hashPartitioned?: boolean;
    /** True when these records, computed again, may have another order. Default false. */
    readonly isUnordered?: boolean;
    readonly load: (partition: number) => Promise<readonly T[]>;
  },
): RddRecipe<T> {
  const hashPartitions = options.hashPartitioned === true ? partitionCount : undefined;
  const { load, isUnordered = false } = options;
  return () => ({ ...loadedFrom<T>({ partitionCount, hashPartitions }, load), isUnordered });
}
