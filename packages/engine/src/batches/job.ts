// A job: one output operation of one batch. The graph makes jobs, the scheduler runs them; neither knows more of the
// other than this.
import type { BatchTime } from '@millrace/core';

/** What a job is told about this run of it. */
export interface JobRun {
  /** 0 for the first run; a job that failed is run again with the same batch and the same blocks (BAT-4). */
  readonly attempt: number;
  /** Aborted when the engine stops at once; tasks under way are given up. */
  readonly signal: AbortSignal;
}

/** One output operation of one batch. */
export interface Job {
  readonly batchTime: BatchTime;
  /** The operation's number in the program, the same in every batch whichever others have something to do. */
  readonly outputOperation: number;
  /** For people, for instance `print at 3-map`. */
  readonly name: string;
  /** Runs it. A rejection is a failed attempt. */
  run(run: JobRun): Promise<void>;
}
