// A job: one output operation of one batch. The graph makes jobs, the scheduler runs jobs; this interface is all that
// they share.
import type { BatchTime } from '@millrace/core';

/** The arguments of one run of a job. */
export interface JobRun {
  /** 0 for the first run; a failed job runs again with the same batch and the same blocks (BAT-4). */
  readonly attempt: number;
  /** Aborted when the engine stops at once; running tasks are given up. */
  readonly signal: AbortSignal;
}

/** One output operation of one batch. */
export interface Job {
  readonly batchTime: BatchTime;
  /** The operation's number in the program, the same in every batch, independent of the work of other outputs. */
  readonly outputOperation: number;
  /** A readable name, for instance `print at 3-map`. */
  readonly name: string;
  /** Runs the job. A rejection is a failed attempt. */
  run(run: JobRun): Promise<void>;
}
