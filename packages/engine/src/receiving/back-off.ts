// Exponential back-off with jitter: the delay doubles each time, up to a bound, and is not in step with other callers.
import type { RandomSource } from '@millrace/core';

/** The first and the longest wait of a series, in milliseconds. */
export interface BackOffBounds {
  readonly firstMs: number;
  readonly maxMs: number;
}

/**
 * The delay before try number `retry` (0 for the first retry), in whole milliseconds: `firstMs × 2^retry` up to
 * `maxMs`, of which the upper half is random. Callers that failed together therefore do not return together.
 */
export function backOffDelayMs(retry: number, bounds: BackOffBounds, random: RandomSource): number {
  // 2^40 is beyond any sensible bound, and far from the point where doubling would lose whole numbers.
  const fullMs = Math.min(bounds.maxMs, bounds.firstMs * 2 ** Math.min(retry, 40));
  return Math.round(fullMs * (0.5 + 0.5 * random.next()));
}
