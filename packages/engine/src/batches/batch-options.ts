// How batches are run, retried and given up: the options with their defaults.
import { batchError } from './batch-errors.ts';
import { missedBatchesLimit, type MissedBatchesOptions } from './missed-batches.ts';

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
  /**
   * What becomes of batch times at which nobody made a batch, because the machine was suspended, its clock was set forward,
   * or no driver ran. Default `'make-up'`: up to 10,000 in a row are made one after the other; of more, only the latest is
   * made and the others are skipped. `'skip'` makes only the latest in any case. Blocks that wait go to the first batch
   * that is made.
   */
  readonly missedBatches: 'make-up' | 'skip' | MissedBatchesOptions;
  /**
   * How far what was kept may be ahead of the wall clock at the start. Default an hour: up to there batches go on, a tenth
   * slower, until the clock has caught up; beyond it the start is refused with `MR_CONTEXT_AHEAD_OF_CLOCK`.
   */
  readonly maxAheadMs: number;
}

/** The defaults of `BatchOptions`. */
export const DEFAULT_BATCH_OPTIONS: BatchOptions = Object.freeze({
  concurrentJobs: 1,
  maxAttempts: 3,
  retryDelayMs: 200,
  retryDelayMaxMs: 10_000,
  onBatchFailure: 'stop',
  maxPendingBatches: 100,
  missedBatches: 'make-up',
  maxAheadMs: 3_600_000,
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
    if (name === 'onBatchFailure' || name === 'missedBatches') continue;
    const least = name === 'maxAheadMs' ? 0 : 1;
    if (!Number.isSafeInteger(options[name]) || options[name] < least) {
      throw invalid(name, options[name], `a whole number, at least ${least}`);
    }
  }
  if (!['stop', 'hold', 'skip'].includes(options.onBatchFailure)) {
    throw invalid('onBatchFailure', options.onBatchFailure, "'stop', 'hold' or 'skip'");
  }
  if (missedBatchesLimit(options.missedBatches) === undefined) {
    const expected = "'make-up', 'skip' or { policy: 'make-up' | 'skip', limit: a whole number, at least 0 }";
    throw invalid('missedBatches', options.missedBatches, expected);
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
