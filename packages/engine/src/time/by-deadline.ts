// Bounded waiting. A stop has a deadline (STP-1), so every wait of a stop goes through here.
import type { Clock } from '@millrace/core';

/** The end of a bounded wait: the promise's value, its error, or the deadline. */
export type DeadlineOutcome<T> =
  | { readonly kind: 'done'; readonly value: T }
  | { readonly kind: 'failed'; readonly error: unknown }
  | { readonly kind: 'late' };

/**
 * Waits for a promise until a monotonic time of the clock, and never rejects. A later result is ignored: the caller has
 * already reported the unfinished work.
 */
export async function byDeadline<T>(
  clock: Clock,
  deadlineMs: number,
  promise: Promise<T>,
): Promise<DeadlineOutcome<T>> {
  return new Promise((resolve) => {
    const timer = clock.after(deadlineMs - clock.monotonicMs(), () => resolve({ kind: 'late' }));
    promise.then(
      (value) => {
        timer.cancel();
        resolve({ kind: 'done', value });
      },
      (error: unknown) => {
        timer.cancel();
        resolve({ kind: 'failed', error });
      },
    );
  });
}
