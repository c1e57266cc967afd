// What the job generator needs of a graph of streams. It is declared here, below the graph, so that batches can be
// made, run and tested without any stream.
import type { BatchTime, BlockId, StreamId } from '@millrace/core';
import type { BatchInput } from '@millrace/core/engine';
import type { Job } from './job.ts';
import type { SkippedBatches } from './skipped-batches.ts';

/** What nobody needs any more after a batch was completed. */
export interface ForgottenData {
  /** RDDs whose cached partitions and shuffle outputs may go, on every executor. */
  readonly rddIds: readonly string[];
  /** Blocks that no remembered batch reads any more and that no driver would find again: they go at once. */
  readonly blockIds: readonly BlockId[];
  /** Such blocks in a log: a driver that comes back may need them, so they go when nothing runs their batches again. */
  readonly loggedBlockIds: readonly BlockId[];
}

/** A graph of streams, as the job generator sees it. */
export interface JobGraph {
  /** Called once, before the first batch: batches after `zeroTime` are valid. */
  start(zeroTime: BatchTime): void;

  /** Called once, after the last batch was generated. */
  stop(): Promise<void>;

  /**
   * Has the streams without a receiver take what belongs to a batch; called before the blocks are allocated, so that
   * both can be written down together. A rejection is retried; what was taken for a batch stays its input (BAT-4).
   *
   * @returns with `forRecord` what was taken, by stream id, as data that can be written down; else nothing.
   */
  takeInputs(
    batchTime: BatchTime,
    options: { readonly forRecord: boolean },
  ): Promise<ReadonlyMap<StreamId, unknown>>;

  /**
   * Makes the jobs of a batch, one per output operation that has something to do; called in batch order, one batch at
   * a time, after the blocks were allocated. A rejection is retried with the same input, and leaves the graph ready for
   * the retry.
   *
   * @param input The blocks that the tracker allocated to the batch.
   */
  generateJobs(input: BatchInput): Promise<readonly Job[]>;

  /** Called when this batch and all before it are done with. */
  clearMetadata(batchTime: BatchTime): ForgottenData;

  /** The batch times that never become batches. Whoever skips some adds them here, after they were written down. */
  readonly skipped: SkippedBatches;

  /** How far back a batch may read, in milliseconds: the longest time any input stream has to remember. */
  readonly maxInputRememberMs: number;
}
