// Waiting that ends. A stop has a deadline (STP-1), so everything it waits for goes through here.
import type { Clock } from '@millrace/core';

/** How a bounded wait ended: with the promise's value, with its error, or with the deadline. */
export type DeadlineOutcome<T> =
  | { readonly kind: 'done'; readonly value: T }
  | { readonly kind: 'failed'; readonly error: unknown }
  | { readonly kind: 'late' };

/**
 * Waits for a promise until a monotonic time of the clock, and never rejects. What comes after the deadline is ignored: the caller has
 * reported it as left behind.
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
