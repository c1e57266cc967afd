// Records that the program holds in memory, as an RDD.
import { positiveInteger } from './positive-integer.ts';
import { pushInSlices } from './push-records.ts';
import type { RDD } from './rdd.ts';
import type { RddEnvironment } from './rdd-environment.ts';

/** Cuts `records`, which nobody changes any more, into `partitions` runs whose lengths differ by at most one. */
export function parallelize<T>(
  environment: RddEnvironment,
  records: readonly T[],
  partitions: number,
): RDD<T> {
  const partitionCount = positiveInteger('partitions', partitions);
  const boundary = (index: number) => Math.floor((index * records.length) / partitionCount);
  return environment.define<T>(() => ({
    kind: 'source',
    partitionCount,
    dependencies: [],
    produce: (partition, context, push) =>
      pushInSlices(records, context, push, { from: boundary(partition), to: boundary(partition + 1) }),
  }));
}

/**
 * An RDD of partitions as they are, for instance out of a checkpoint. `hashPartitioned` states that the records are
 * pairs and lie where `hashPartition` puts their keys.
 */
export function fromPartitions<T>(
  environment: RddEnvironment,
  partitions: readonly (readonly T[])[],
  options: { readonly hashPartitioned?: boolean } = {},
): RDD<T> {
  return environment.define<T>(() => ({
    kind: 'source',
    partitionCount: partitions.length,
    dependencies: [],
    ...(options.hashPartitioned === true ? { hashPartitions: partitions.length } : {}),
    produce: (partition, context, push) => pushInSlices(partitions[partition] ?? [], context, push),
  }));
}
