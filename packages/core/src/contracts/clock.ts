// Time. Everything in an engine that reads the time, waits or schedules a call uses the Clock, and nothing else does.
// Tests therefore move time by hand, and the simulation runs hours in seconds.
import { portToken } from './port-token.ts';

/** A scheduled call that can be cancelled. */
export interface Timer {
  /** Cancels the call. Has no effect after the call; may be repeated. */
  cancel(): void;
}

/**
 * The only source of time and timers. A clock has two times: wall time, which the machine's owner may set, and
 * monotonic time, which only passes.
 *
 * An instant (a batch time, the time of a file or of an event) is wall time: `now`, `schedule`, `sleepUntil`. A
 * duration (a retry, a deadline, a time-out, a heartbeat) is monotonic: `monotonicMs`, `after`, `sleepFor`. Setting a
 * wall clock back or forward then changes neither a wait nor a measured duration.
 *
 * Called from everywhere, often and from one thread. Implementations must make `now` and `monotonicMs` cheap. The hot
 * path of a receiver still reads neither time: it counts, and a timer checks.
 *
 * Two calls due at the same time are made in the order of their requests. A call is never made from inside `schedule`
 * or `after`: a time in the past is served in a later turn.
 */
export interface Clock {
  /** Wall time in whole milliseconds since the epoch. May jump either way when the machine's clock is set. */
  now(): number;

  /** Milliseconds, with a fraction, since an arbitrary start. Never goes back: use this time for durations. */
  monotonicMs(): number;

  /**
   * Calls `callback` once, at wall time `atMs` or as soon after as possible. The call follows changes of the wall
   * clock: use this method for instants, and `after` for durations.
   *
   * An error of the callback belongs to the caller: the clock does not catch the error, and the error ends the process
   * like any uncaught error.
   */
  schedule(atMs: number, callback: () => void): Timer;

  /**
   * Calls `callback` once, when `delayMs` of monotonic time have passed or as soon after as possible, independent of
   * wall time. A delay of 0 or less is served in a later turn.
   *
   * An error of the callback belongs to the caller, as with `schedule`.
   */
  after(delayMs: number, callback: () => void): Timer;

  /**
   * Waits until wall time `atMs`. Resolves at once, in a later turn, when that time has come.
   *
   * @throws the signal's reason when the signal is aborted first; the timer is then cancelled.
   */
  sleepUntil(atMs: number, signal?: AbortSignal): Promise<void>;

  /**
   * Waits for `delayMs` of monotonic time. Resolves in a later turn when the delay is 0 or less.
   *
   * @throws the signal's reason when the signal is aborted first; the timer is then cancelled.
   */
  sleepFor(delayMs: number, signal?: AbortSignal): Promise<void>;
}

/** The token of the clock. Shipped: `SystemClock` (default), `ManualClock`. */
export const Clock = portToken<Clock>('Clock');
