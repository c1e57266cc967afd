// Waiting that ends. A receiver, a handler or a driver may never answer; a stop still ends by its deadline, because
// everything it waits for passes here.
import type { Clock } from '@millrace/core';
import { receivingError } from './receiving-errors.ts';

/**
 * Waits for a promise until the signal is aborted. What comes of the promise later is ignored.
 *
 * @throws the signal's reason when it is aborted first, also when it already is.
 */
export function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason as Error);
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}

/** What bounds a call of a receiver. */
export interface CallBounds {
  readonly clock: Clock;
  readonly timeoutMs: number;
  /** Aborted when nothing is waited for any more. */
  readonly givenUp: AbortSignal;
}

/**
 * Waits for what a receiver's method answered, and no longer than the bounds allow.
 *
 * @throws `MR_RECEIVER_CALL_TIMEOUT`, naming the method, or what the method threw, or why it was given up.
 */
export async function boundedCall(method: string, answer: Promise<void>, bounds: CallBounds): Promise<void> {
  const { clock, timeoutMs, givenUp } = bounds;
  const late = Promise.withResolvers<never>();
  const timer = clock.after(timeoutMs, () => {
    const message = `expected ${method} to return within ${timeoutMs} ms, but it did not`;
    late.reject(receivingError('MR_RECEIVER_CALL_TIMEOUT', message, { details: { method, timeoutMs } }));
  });
  try {
    await untilAborted(Promise.race([answer, late.promise]), givenUp);
  } finally {
    timer.cancel();
  }
}
