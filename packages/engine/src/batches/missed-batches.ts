// Missed batches: batch times that passed while the machine was suspended, its clock was set forward, or no driver ran.
import { isOptions } from '@millrace/core/engine';

/** The treatment of missed batches. */
export interface MissedBatchesOptions {
  /**
   * `'make-up'`: missed batches are made one after the other, oldest first, up to `limit`. `'skip'`: only the latest is
   * made. Default `'make-up'`.
   */
  readonly policy?: 'make-up' | 'skip';
  /** With `'make-up'`: the most that may be missed in a row; of more, only the latest is made. Default 10,000. */
  readonly limit?: number;
}

/** The default number of missed batches that are made up. */
export const MISSED_BATCHES_LIMIT = 10_000;

/** The most missed batches in a row that are made up; undefined for an invalid option. */
export function missedBatchesLimit(given: unknown): number | undefined {
  if (given === 'make-up') return MISSED_BATCHES_LIMIT;
  if (given === 'skip') return 0;
  if (!isOptions(given)) return undefined;
  const { policy = 'make-up', limit = MISSED_BATCHES_LIMIT, ...others } = given as MissedBatchesOptions;
  if (Object.keys(others).length > 0 || (policy !== 'make-up' && policy !== 'skip')) return undefined;
  if (!Number.isSafeInteger(limit) || limit < 0) return undefined;
  return policy === 'skip' ? 0 : limit;
}
