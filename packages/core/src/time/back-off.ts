// Exponential back-off: the delays of a series of retries double up to a bound, and chance keeps several clients that failed
// together from returning together.
import type { RandomSource } from '../contracts/random-source.ts';

/** Doubling ends after this many retries: 2^40 times any delay is beyond every bound, and whole numbers remain exact. */
const DOUBLINGS_MAX = 40;

/** The shape of a series of delays. */
interface BackOff {
  /** The delay before the first retry, in milliseconds, without chance. */
  readonly firstMs: number;
  /** The longest delay, in milliseconds, without chance. */
  readonly maxMs: number;
  /** The source of chance. Default: none, and every delay is the full delay. */
  readonly random?: RandomSource;
  /**
   * The factors between which chance chooses; a draw of 0 gives the first factor. Default `[0.5, 1]`: between the half and
   * the whole delay.
   */
  readonly jitter?: readonly [number, number];
}

/**
 * The delay before a retry, in whole milliseconds: `firstMs × 2^retry` up to `maxMs`, times a factor that chance chooses.
 * A delay is a length of time, so wait with `clock.sleepFor(delay, signal)` or `clock.after`, which are monotonic.
 *
 * @param retry 0 for the first retry of a series; a success ends the series.
 */
export function backOffDelayMs(
  retry: number,
  { firstMs, maxMs, random, jitter: [from, to] = [0.5, 1] }: BackOff,
): number {
  const fullMs = Math.min(maxMs, firstMs * 2 ** Math.min(retry, DOUBLINGS_MAX));
  return Math.round(random === undefined ? fullMs : fullMs * (from + (to - from) * random.next()));
}
