// Lets the event loop turn when work has kept it busy for a while. What work is, and how long a thousand records take,
// nobody knows before; so the clock is asked after every slice, and nearly always the answer is to go on.
import type { Clock } from '@millrace/core';

/** A `yield` for tasks: gives a promise once `busyMs` (default 10) have passed since the last turn it gave. */
export function yieldAfter(clock: Clock, busyMs = 10): () => Promise<void> | undefined {
  let sinceMs = clock.monotonicMs();
  const turn = async () => {
    await clock.sleepFor(0);
    sinceMs = clock.monotonicMs();
  };
  return () => (clock.monotonicMs() - sinceMs < busyMs ? undefined : turn());
}
