// How long to wait before trying again: twice as long each time, up to a bound, and not in step with others.
import type { RandomSource } from '@millrace/core';

/** The first and the longest wait of a series, in milliseconds. */
export interface BackOffBounds {
  readonly firstMs: number;
  readonly maxMs: number;
}

/**
 * The wait before try number `retry` (0 for the first retry), in whole milliseconds: `firstMs × 2^retry` up to `maxMs`, of
 * which the upper half is left to chance. Many who failed together therefore do not come back together.
 */
export function backOffDelayMs(retry: number, bounds: BackOffBounds, random: RandomSource): number {
  // 2^40 is beyond any sensible bound, and far from where doubling would lose whole numbers.
  const fullMs = Math.min(bounds.maxMs, bounds.firstMs * 2 ** Math.min(retry, 40));
  return Math.round(fullMs * (0.5 + 0.5 * random.next()));
}
