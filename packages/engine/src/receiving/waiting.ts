// Bounded waiting. A receiver, a handler or a driver may never answer; a stop still ends by its deadline, because all
// its waits pass here.
import type { Clock } from '@millrace/core';
import { receivingError } from './receiving-errors.ts';

/**
 * Waits for a promise until the signal is aborted. A later result of the promise is ignored.
 *
 * @throws the signal's reason on an earlier abort, also when already aborted.
 */
export function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason as Error);
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}

/** The bounds of a call of a receiver. */
export interface CallBounds {
  readonly clock: Clock;
  readonly timeoutMs: number;
  /** Aborted when nothing is awaited any more. */
  readonly givenUp: AbortSignal;
}

/**
 * Waits for the answer of a receiver's method, within the bounds.
 *
 * @throws `MR_RECEIVER_CALL_TIMEOUT`, naming the method, or the error of the method, or the reason of the abort.
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
