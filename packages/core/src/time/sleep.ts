// Waiting, written once over `schedule`, for every clock.
import type { Timer } from '../contracts/clock.ts';

/** What a wait needs of a clock. */
export type Schedule = (atMs: number, callback: () => void) => Timer;

/**
 * Waits until `atMs` by the clock behind `schedule`. Nothing of the wait is left behind, whichever way it ends.
 *
 * @throws the signal's reason when it is aborted first.
 */
export function sleepBy(schedule: Schedule, atMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const timer = schedule(atMs, () => {
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

/** Refuses what is no time at all: a NaN in a queue of times would make its order undefined. */
export function assertTime(atMs: number): void {
  if (typeof atMs !== 'number' || Number.isNaN(atMs)) {
    throw new TypeError(`a time in milliseconds is needed, got ${String(atMs)}`);
  }
}
