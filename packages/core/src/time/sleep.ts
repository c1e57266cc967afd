// Waiting, implemented once over `schedule` and `after`, for every clock.
import type { Timer } from '../contracts/clock.ts';

/** The scheduling function of a clock: `schedule` with an instant, or `after` with a duration. */
export type Schedule = (ms: number, callback: () => void) => Timer;

/**
 * Waits by means of `schedule`. Nothing of the wait is left behind, after any outcome.
 *
 * @throws the signal's reason when the signal is aborted first.
 */
export function sleepBy(schedule: Schedule, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const timer = schedule(ms, () => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    });
    const onAbort = (): void => {
      timer.cancel();
      reject(signal?.reason as Error);
    };
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}

/** Refuses NaN: a NaN in a queue of times would make the order undefined. */
export function assertTime(ms: number): void {
  if (typeof ms !== 'number' || Number.isNaN(ms)) {
    throw new TypeError(`a time in milliseconds is needed, got ${String(ms)}`);
  }
}
