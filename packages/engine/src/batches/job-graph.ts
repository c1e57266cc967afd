// The job generator's view of a graph of streams. The interface is declared here, below the graph, so that batches can
// be made, run and tested without any stream.
import type { BatchTime, BlockId, StreamId } from '@millrace/core';
import type { BatchInput } from '@millrace/core/engine';
import type { Job } from './job.ts';
import type { SkippedBatches } from './skipped-batches.ts';

/** Data that is not needed any more after a batch was completed. */
export interface ForgottenData {
  /** RDDs whose cached partitions and shuffle outputs can be removed, on every executor. */
  readonly rddIds: readonly string[];
  /** Blocks that no remembered batch reads any more and that no driver would find again: removed at once. */
  readonly blockIds: readonly BlockId[];
  /**
   * Such blocks in a log: a restarted driver may need the blocks, so they are removed when their batches cannot run
   * again.
   */
  readonly loggedBlockIds: readonly BlockId[];
}

/** A graph of streams, from the view of the job generator. */
export interface JobGraph {
  /** Called once, before the first batch: batches after `zeroTime` are valid. */
  start(zeroTime: BatchTime): void;

  /** Called once, after the last batch was generated. */
  stop(): Promise<void>;

  /**
   * Lets the streams without a receiver take their input of a batch; called before the blocks are allocated, so that
   * both can be logged together. A rejection is retried; input that was taken stays the input of the batch (BAT-4).
   *
   * @returns with `forRecord` the inputs by stream id, as data for the log; otherwise an empty map.
   */
  takeInputs(
    batchTime: BatchTime,
    options: { readonly forRecord: boolean },
  ): Promise<ReadonlyMap<StreamId, unknown>>;

  /**
   * Makes the jobs of a batch, one per output operation with work in the batch; called in batch order, one batch at a
   * time, after the blocks were allocated. A rejection is retried with the same input, and leaves the graph ready for
   * the retry.
   *
   * @param input The blocks that the tracker allocated to the batch.
   */
  generateJobs(input: BatchInput): Promise<readonly Job[]>;

  /** Called when this batch and all earlier batches are done. */
  clearMetadata(batchTime: BatchTime): ForgottenData;

  /**
   * The batch times that never become batches. The component that skips batches adds the range here, after logging it.
   */
  readonly skipped: SkippedBatches;

  /**
   * The farthest that a batch may look back, in milliseconds: the longest time that any input stream has to remember.
   */
  readonly maxInputRememberMs: number;
}
