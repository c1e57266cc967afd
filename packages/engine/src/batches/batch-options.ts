// The options of running, retrying and giving up batches, with their defaults.
import { backOffDelayMs } from '@millrace/core';
import { oneOf, option, type OptionTable, resolveOptions, wholeNumber } from '@millrace/core/engine';
import { missedBatchesLimit, type MissedBatchesOptions } from './missed-batches.ts';

/** The reaction to a job that has failed for the last time. */
export type BatchFailureReaction =
  /** The engine stops at once and reports the error; the batch stays unfinished, no later batch runs. */
  | 'stop'
  /**
   * The batch is held and no later batch starts until `retryHeldBatch()`; sources are limited meanwhile. With
   * `concurrentJobs` above 1, later jobs may be running at that moment: a later batch that fails is held as well.
   */
  | 'hold'
  /** The batch is given up, visibly: an event, a log line, outcome `skipped`; later batches run. */
  | 'skip';

/** Options of job generation and scheduling. Times in milliseconds. */
export interface BatchOptions {
  /**
   * Jobs that may run at once, over all batches. Default 1: one after the other, batches in order. With more, outputs
   * of one batch run side by side, and an output of the next batch may begin when the same output of the previous batch
   * is done (BAT-3).
   */
  readonly concurrentJobs: number;
  /** The attempts at a job, or at the generation of a batch, in all. Default 3. See also `unavailableMs`. */
  readonly maxAttempts: number;
  /** The wait before the second attempt; doubles with each further attempt. Default 200. */
  readonly retryDelayMs: number;
  /** The longest wait between attempts. Default 10,000. */
  readonly retryDelayMaxMs: number;
  /**
   * The longest time for which a batch is tried again, beyond `maxAttempts`, while its errors have the disposition
   * `back-off`: a source or a sink is away, or a disk is full. Default 600,000, ten minutes; 0: `maxAttempts` alone
   * decides. The time counts from the first such error in a row.
   */
  readonly unavailableMs: number;
  /** The reaction to a job that has failed for the last time. Default `'stop'`. */
  readonly onBatchFailure: BatchFailureReaction;
  /**
   * Batches that may be submitted and not completed. Default 100. At the bound the generator waits: later batches are
   * generated late, none is dropped (BAT-5), and their blocks stay with the tracker, where memory is bounded.
   */
  readonly maxPendingBatches: number;
  /**
   * The treatment of batch times that were missed, because the machine was suspended, its clock was set forward, or no
   * driver ran. Default `'make-up'`: up to 10,000 in a row are made one after the other; of more, only the latest is
   * made and the others are skipped. `'skip'` makes only the latest in any case. Waiting blocks go to the first batch
   * that is made.
   */
  readonly missedBatches: 'make-up' | 'skip' | MissedBatchesOptions;
  /**
   * The largest lead of restored batch times over the wall clock at the start. Default an hour: up to there batches
   * continue, a tenth slower, until the clock has caught up; beyond, the start is refused with
   * `MR_CONTEXT_AHEAD_OF_CLOCK`.
   */
  readonly maxAheadMs: number;
}

/** The rules of the options. */
export const BATCH_OPTION_RULES: OptionTable<BatchOptions> = {
  concurrentJobs: wholeNumber(1),
  maxAttempts: wholeNumber(3),
  retryDelayMs: wholeNumber(200),
  retryDelayMaxMs: wholeNumber(10_000),
  unavailableMs: wholeNumber(600_000, 0),
  onBatchFailure: oneOf(['stop', 'hold', 'skip'], 'stop'),
  maxPendingBatches: wholeNumber(100),
  missedBatches: option(
    "'make-up', 'skip' or { policy: 'make-up' | 'skip', limit: a whole number, at least 0 }",
    (value) => missedBatchesLimit(value as BatchOptions['missedBatches']) !== undefined,
    'make-up',
  ),
  maxAheadMs: wholeNumber(3_600_000, 0),
};

/** The defaults of `BatchOptions`. */
export const DEFAULT_BATCH_OPTIONS: BatchOptions = resolveBatchOptions();

/** Fills in the defaults. @throws `MR_CONFIG_INVALID_OPTION` with every unknown name and wrong value. */
export function resolveBatchOptions(given: Partial<BatchOptions> = {}): BatchOptions {
  return resolveOptions({ owner: 'StreamingContext', path: 'batches', table: BATCH_OPTION_RULES, given });
}

/** The delay after attempt number `attempt` (from 0) failed. */
export function retryDelayMs(options: BatchOptions, attempt: number): number {
  return backOffDelayMs(attempt, { firstMs: options.retryDelayMs, maxMs: options.retryDelayMaxMs });
}
