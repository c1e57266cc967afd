// Lets the event loop turn when work has kept it busy for a while. The duration of a thousand records is not known
// in advance, so the clock is read after every slice, and nearly always the work goes on.
import type { Clock } from '@millrace/core';

/** A `yield` for tasks: returns a promise once `busyMs` (default 10) have passed since its last promise. */
export function yieldAfter(clock: Clock, busyMs = 10): () => Promise<void> | undefined {
  let sinceMs = clock.monotonicMs();
  const turn = async () => {
    await clock.sleepFor(0);
    sinceMs = clock.monotonicMs();
  };
  return () => (clock.monotonicMs() - sinceMs < busyMs ? undefined : turn());
}
