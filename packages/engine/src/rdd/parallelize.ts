// RDDs of records in the program's memory.
import { loadedFrom } from './lineage.ts';
import { partitionCount } from './positive-integer.ts';
import type { RDD } from './rdd.ts';
import type { RddEnvironment } from './rdd-environment.ts';
import type { RecordChunks } from './record-chunks.ts';

/** Cuts records into `partitions` runs whose lengths differ by at most one. */
export function parallelize<T>(
  environment: RddEnvironment,
  records: RecordChunks<T>,
  partitions: number,
): RDD<T> {
  const count = partitionCount('partitions', partitions);
  const boundary = (index: number) => Math.floor((index * records.length) / count);
  return environment.define<T>(() => ({
    kind: 'source',
    partitionCount: count,
    dependencies: [],
    produce: (partition, context, push) =>
      records.push(context, push, { from: boundary(partition), to: boundary(partition + 1) }),
  }));
}

/**
 * An RDD of ready partitions, for instance out of a checkpoint. `hashPartitioned` states that the records are pairs
 * and lie in the partitions that `hashPartition` chooses for their keys.
 */
export function fromPartitions<T>(
  environment: RddEnvironment,
  partitions: readonly (readonly T[])[],
  options: { readonly hashPartitioned?: boolean; readonly isUnordered?: boolean } = {},
): RDD<T> {
  return loadedRdd<T>(environment, partitions.length, {
    ...options,
    load: async (partition) => partitions[partition] ?? [],
  });
}

/**
 * An RDD whose partitions are loaded when they are computed. `hashPartitioned` as with `fromPartitions`. With
 * `isUnnamed` the RDD takes no name of its scope, so the other RDDs of the scope keep the same names with and
 * without this RDD. An unnamed RDD cannot be found by name.
 */
export function loadedRdd<T>(
  environment: RddEnvironment,
  partitionCount: number,
  options: {
    readonly hashPartitioned?: boolean;
    /** True when these records, computed again, may have another order. Default false. */
    readonly isUnordered?: boolean;
    readonly isUnnamed?: boolean;
    readonly load: (partition: number) => Promise<readonly T[]>;
  },
): RDD<T> {
  const hashPartitions = options.hashPartitioned === true ? partitionCount : undefined;
  const { load, isUnordered = false } = options;
  const make = () => ({ ...loadedFrom<T>({ partitionCount, hashPartitions }, load), isUnordered });
  return options.isUnnamed === true ? environment.defineUnnamed<T>(make) : environment.define<T>(make);
}
