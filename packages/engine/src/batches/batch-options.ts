// How batches are run, retried and given up: the options with their defaults.
import { batchError } from './batch-errors.ts';

/** What happens when a job has failed for the last time. */
export type BatchFailureReaction =
  /** The engine stops at once and reports the error; the batch stays unfinished, nothing later runs. */
  | 'stop'
  /**
   * The batch is kept and nothing later starts until `retryHeldBatch()`; sources are held back meanwhile. With
   * `concurrentJobs` above 1, later jobs may be running at that moment: a batch of theirs that fails is held as well.
   */
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

/**
 * Fills in the defaults.
 *
 * @throws `MR_BATCH_INVALID_OPTION` naming the option, its value and what is expected.
 */
export function resolveBatchOptions(given: Partial<BatchOptions> = {}): BatchOptions {
  const options = { ...DEFAULT_BATCH_OPTIONS, ...given };
  for (const name of Object.keys(options) as (keyof BatchOptions)[]) {
    if (!(name in DEFAULT_BATCH_OPTIONS))
      throw invalid(name, options[name], 'left out: there is no such option');
    if (name === 'onBatchFailure') continue;
    if (!Number.isSafeInteger(options[name]) || options[name] < 1) {
      throw invalid(name, options[name], 'a whole number, at least 1');
    }
  }
  if (!['stop', 'hold', 'skip'].includes(options.onBatchFailure)) {
    throw invalid('onBatchFailure', options.onBatchFailure, "'stop', 'hold' or 'skip'");
  }
  return Object.freeze(options);
}

function invalid(option: string, value: unknown, expected: string): Error {
  return batchError(
    'MR_BATCH_INVALID_OPTION',
    `batch option ${option} must be ${expected}, but is ${JSON.stringify(value) ?? String(value)}`,
    { details: { option, value } },
  );
}

/** The wait after attempt number `attempt` (from 0) failed. */
export function retryDelayMs(options: BatchOptions, attempt: number): number {
  return Math.min(options.retryDelayMs * 2 ** Math.min(attempt, 30), options.retryDelayMaxMs);
}
