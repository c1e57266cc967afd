// The environment of a task on its executor. The `TaskRunner` of the executor makes one for every task and passes it to
// every source: an RDD itself holds no port, so that the same RDD can be computed anywhere.
import type { Block, Clock, Codec, RandomSource, ReceivedBlockInfo, Storage } from '@millrace/core';
import type { RDD } from './rdd.ts';
import type { PartitionCache } from './partition-cache.ts';
import type { ShuffleFetcher } from './shuffle-fetcher.ts';
import type { TaskRecordErrors } from '../record-errors/task-record-errors.ts';
import type { StageLoops } from './stage-loops.ts';

/** The ports of a task. */
export interface TaskContext {
  /** Aborted when the task is cancelled or the executor closes; long work checks the signal between slices. */
  readonly signal: AbortSignal;
  /** Times asynchronous functions and the pauses between their attempts. */
  readonly clock: Clock;
  /** Varies the pauses between attempts. */
  readonly random: RandomSource;
  /** Decodes the records of encoded blocks. */
  readonly codec: Codec;
  /** The storage of text files. */
  readonly storage: Storage;
  /** The cached partitions of this executor. */
  readonly cache: PartitionCache;
  /** Reads the outputs of map tasks, on whichever executor they are. */
  readonly fetcher: ShuffleFetcher;
  /** The loops that run chains of steps. */
  readonly loops: StageLoops;
  /**
   * For tasks that the driver runs itself: the RDDs that executors compute. Absent: everything is computed here.
   */
  readonly elsewhere?: {
    has(rdd: RDD<unknown>): boolean;
    /** The records of a partition of such an RDD. */
    read(rdd: RDD<unknown>, partition: number): Promise<readonly unknown[]>;
  };
  /** Collects the records that the task leaves out. */
  readonly recordErrors: TaskRecordErrors;
  /** Depth of nested RDD computations, over the tasks that share this context. */
  readonly nesting: { depth: number };
  /** Number of calls of asynchronous functions under way, over the tasks that share this context. */
  readonly calls: { underWay: number };
  /** Reads a received block; undefined when the block is lost. */
  readBlock(info: ReceivedBlockInfo): Promise<Block | undefined>;
  /** Called after every slice of about a thousand records: a promise to wait for, or undefined to go on at once. */
  yield(): Promise<void> | undefined;
}
