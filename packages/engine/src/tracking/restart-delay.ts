// The delay before a failed receiver is started again (REC-3). Pure, so that the whole course of the back-off can be
// read and tested without a clock.
import { backOffDelayMs, type RandomSource } from '@millrace/core';

/** The bounds of the delay, in milliseconds. */
export interface RestartDelayBounds {
  readonly minRestartDelayMs: number;
  readonly maxRestartDelayMs: number;
}

/** Chance takes off up to a fifth of a delay, so that receivers that failed together do not return together. */
const JITTER = [1, 0.8] as const;

/**
 * The delay after the n-th failure in a row, n from 1: the shortest delay, doubled with each further failure up to the
 * longest, minus up to a fifth at random.
 */
export function restartDelayMs(failures: number, bounds: RestartDelayBounds, random: RandomSource): number {
  const { minRestartDelayMs: firstMs, maxRestartDelayMs: maxMs } = bounds;
  return backOffDelayMs(failures - 1, { firstMs, maxMs, random, jitter: JITTER });
}
