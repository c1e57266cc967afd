// The distance of an instant from now. Code that calculates with wall time calls this function for instants, not for
// durations.
import type { Clock } from '../contracts/clock.ts';

/**
 * Milliseconds from now to an instant of wall time; negative for a past instant. Valid for this moment only: the wall
 * clock may be set, so a wait for the instant is `schedule`.
 */
export function msUntil(clock: Pick<Clock, 'now'>, instantMs: number): number {
  return instantMs - clock.now();
}
