// What the rest of the engine uses of RDDs.
export { binaryRecordsRdd, wholeFileRdd } from './binary-file-rdd.ts';
export { blockRdd } from './block-rdd.ts';
export { hashPartition } from './hash-partition.ts';
export { fromPartitions } from './parallelize.ts';
export type { SelectedFile } from './file-chunks.ts';
export { RDD } from './rdd.ts';
export type { CombineOptions, OrTuple, Pair } from './rdd.ts';
export { RddEnvironment } from './rdd-environment.ts';
export { RDD_ERROR_CODES } from './rdd-errors.ts';
export { RddJobRunner } from './rdd-job-runner.ts';
export { LocalShuffleFetcher } from './shuffle-fetcher.ts';
export { ShuffleStore } from './shuffle-store.ts';
export { slidingAggregates } from './sliding-aggregates.ts';
export type { Aggregate } from './sliding-aggregates.ts';
export type { SortOptions } from './sort-operators.ts';
export { TaskRunner } from './task-runner.ts';
export { textFileRdd } from './text-file-rdd.ts';
export { yieldAfter } from './yield-after.ts';
