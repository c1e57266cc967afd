// Time. Everything in an engine that reads the time, waits, or wants to be called later asks the Clock, and
// nothing else does: therefore tests move time by hand, and the simulation runs hours in seconds.
import { portToken } from './port-token.ts';

/** A call that was asked for and can be called off. */
export interface Timer {
  /** Calls it off. Has no effect once the call was made; may be repeated. */
  cancel(): void;
}

/**
 * The only source of time and timers. It has two times: wall time, which the machine's owner may set, and monotonic
 * time, which only passes.
 *
 * An instant (a batch time, the time of a file or of an event) is wall time: `now`, `schedule`, `sleepUntil`. A length
 * of time (a retry, a deadline, a time-out, a heartbeat) is monotonic: `monotonicMs`, `after`, `sleepFor`. A wall clock
 * that is set back or forward then changes neither how long something waits nor how long something took.
 *
 * Called from everywhere, often and from one thread. Implementations must make `now` and `monotonicMs` cheap; the
 * hot path of a receiver still reads neither, it counts and lets a timer look.
 *
 * Two calls due at the same time are made in the order in which they were asked for. A call is never made from
 * inside `schedule` or `after`: a time that has already come is served in a later turn.
 */
export interface Clock {
  /** Wall time in whole milliseconds since the epoch. It may jump either way when the machine's clock is set. */
  now(): number;

  /** Milliseconds, with a fraction, since an arbitrary start. Never goes back: use it for durations. */
  monotonicMs(): number;

  /**
   * Calls `callback` once, at wall time `atMs` or as soon after as possible. The call follows a wall clock that is set:
   * use it for instants, and `after` for lengths of time.
   *
   * An error thrown by the callback is the caller's: it is not caught, and ends the process as any other would.
   */
  schedule(atMs: number, callback: () => void): Timer;

  /**
   * Calls `callback` once, when `delayMs` of monotonic time have passed or as soon after as possible, whatever happens
   * to wall time. A delay of 0 or less is served in a later turn.
   *
   * An error thrown by the callback is the caller's, as with `schedule`.
   */
  after(delayMs: number, callback: () => void): Timer;

  /**
   * Waits until wall time `atMs`. Resolves at once, in a later turn, when that time has come.
   *
   * @throws the signal's reason when it is aborted first; the timer is then cancelled.
   */
  sleepUntil(atMs: number, signal?: AbortSignal): Promise<void>;

  /**
   * Waits for `delayMs` of monotonic time. Resolves in a later turn when the delay is 0 or less.
   *
   * @throws the signal's reason when it is aborted first; the timer is then cancelled.
   */
  sleepFor(delayMs: number, signal?: AbortSignal): Promise<void>;
}

/** The token of the clock. Shipped: `SystemClock` (default), `ManualClock`. */
export const Clock = portToken<Clock>('Clock');
