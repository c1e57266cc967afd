// How far an instant is from now. Whoever calculates with wall time says by this that an instant is meant and not a length.
import type { Clock } from '../contracts/clock.ts';

/**
 * Milliseconds from now to an instant of wall time; negative when it has passed. True for this moment only: the wall clock
 * may be set, so a wait for the instant is `schedule`.
 */
export function msUntil(clock: Pick<Clock, 'now'>, instantMs: number): number {
  return instantMs - clock.now();
}
