// How batches are run, retried and given up: the options with their defaults.

/** What happens when a job has failed for the last time. */
export type BatchFailureReaction =
  /** The engine stops at once and reports the error; the batch stays unfinished, nothing later runs. */
  | 'stop'
  /** The batch is kept and nothing later runs until `retryHeldBatch()`; sources are held back meanwhile. */
  | 'hold'
  /** The batch is given up, visibly: an event, a log line, outcome `skipped`; later batches run. */
  | 'skip';

/** Options of job generation and scheduling. Times in milliseconds. */
export interface BatchOptions {
  /**
   * Jobs that may run at once, over all batches. Default 1: one after the other, batches in order. With more, outputs
   * of one batch run side by side, and an output of the next batch may begin when the same output of the batch before
   * is done (BAT-3).
   */
  readonly concurrentJobs: number;
  /** How often a job, or the generation of a batch, is tried in all. Default 3. */
  readonly maxAttempts: number;
  /** The wait before the second attempt; it doubles with each further one. Default 200. */
  readonly retryDelayMs: number;
  /** The longest wait between attempts. Default 10,000. */
  readonly retryDelayMaxMs: number;
  /** Default `'stop'`. */
  readonly onBatchFailure: BatchFailureReaction;
  /**
   * Batches that may be submitted and not completed. Default 100. At the bound the generator waits: later batches are
   * generated late, none is dropped (BAT-5), and their blocks stay with the tracker, where memory is bounded.
   */
  readonly maxPendingBatches: number;
}

/** The defaults of `BatchOptions`. */
export const DEFAULT_BATCH_OPTIONS: BatchOptions = Object.freeze({
  concurrentJobs: 1,
  maxAttempts: 3,
  retryDelayMs: 200,
  retryDelayMaxMs: 10_000,
  onBatchFailure: 'stop',
  maxPendingBatches: 100,
});

/** The wait after attempt number `attempt` (from 0) failed. */
export function retryDelayMs(options: BatchOptions, attempt: number): number {
  return Math.min(options.retryDelayMs * 2 ** Math.min(attempt, 30), options.retryDelayMaxMs);
}
