// The delay before a failed receiver is started again (REC-3). Pure, so that the whole course of the back-off can be
// read and tested without a clock.
import type { RandomSource } from '@millrace/core';

/** The bounds of the delay, in milliseconds. */
export interface RestartDelayBounds {
  readonly minRestartDelayMs: number;
  readonly maxRestartDelayMs: number;
}

/** The random part of a delay that may be subtracted, so that receivers that failed together do not return together. */
const JITTER = 0.2;

/** Doubling stops here: 2^30 times any delay is beyond every bound. */
const DOUBLINGS_MAX = 30;

/**
 * The delay after the n-th failure in a row, n from 1: the shortest delay, doubled with each further failure up to the
 * longest, minus up to a fifth at random.
 */
export function restartDelayMs(failures: number, bounds: RestartDelayBounds, random: RandomSource): number {
  const doublings = Math.min(failures - 1, DOUBLINGS_MAX);
  const nominalMs = Math.min(bounds.maxRestartDelayMs, bounds.minRestartDelayMs * 2 ** doublings);
  return Math.round(nominalMs * (1 - JITTER * random.next()));
}
