// What a task finds on its executor. Made once by the `TaskRunner` of the executor and handed to every source that it
// runs: an RDD itself holds no port, so that the same RDD can be computed anywhere.
import type { Block, Codec, ReceivedBlockInfo, Storage } from '@millrace/core';
import type { RDD } from './rdd.ts';
import type { PartitionCache } from './partition-cache.ts';
import type { ShuffleFetcher } from './shuffle-fetcher.ts';
import type { StageLoops } from './stage-loops.ts';

/** The ports of a task. */
export interface TaskContext {
  /** Aborted when the executor closes; long work looks at it between slices. */
  readonly signal: AbortSignal;
  /** Brings the records of encoded blocks back. */
  readonly codec: Codec;
  /** Where text files are read. */
  readonly storage: Storage;
  /** The partitions that this executor keeps. */
  readonly cache: PartitionCache;
  /** Where the outputs of map tasks are read, wherever they are. */
  readonly fetcher: ShuffleFetcher;
  /** The loops that run chains of steps. */
  readonly loops: StageLoops;
  /** For tasks that the driver runs itself: which RDDs executors compute. Absent: everything is computed here. */
  readonly elsewhere?: {
    has(rdd: RDD<unknown>): boolean;
    /** The records of a partition of such an RDD. */
    read(rdd: RDD<unknown>, partition: number): Promise<readonly unknown[]>;
  };
  /** How many RDDs are being computed inside one another, over the tasks that share this context. */
  readonly nesting: { depth: number };
  /** Reads a received block; undefined when it is lost. */
  readBlock(info: ReceivedBlockInfo): Promise<Block | undefined>;
  /** Called after every slice of about a thousand records: a promise to wait for, or undefined to go on at once. */
  yield(): Promise<void> | undefined;
}
