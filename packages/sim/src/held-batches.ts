// Somebody who looks after the held batches of a driver, as the plan says: tries the oldest again and again, each of them
// once after a while, or none at all. When the faults are over, everything is tried again.
import type { Plan } from './plan.ts';
import type { SimClock } from './sim-clock.ts';
import type { SimDriver } from './sim-driver.ts';

const LOOK_EVERY_MS = 250;
const ONCE_AFTER_MS = 2_000;

/** Looks after the held batches of one life of a driver. */
export function lookAfterHeldBatches(
  { process, ssc }: SimDriver,
  {
    plan,
    clock,
    isFaulty,
  }: { readonly plan: Plan; readonly clock: SimClock; readonly isFaulty: () => boolean },
): void {
  if (plan.onBatchFailure !== 'hold') return;
  const { retriesHeld } = plan.settings ?? {};
  const seen = new Set<number>();
  // It lives as long as the process, and is no part of it.
  const owner = {
    get isAlive() {
      return process.isAlive;
    },
  };
  const retry = (batchTime?: number) => {
    // What it rejects with is of no interest: the batch is held, or is not.
    ssc.retryHeldBatch(batchTime).catch(() => undefined);
  };
  const look = () => {
    if (retriesHeld === undefined || !isFaulty()) retry();
    else if (retriesHeld === 'once') {
      for (const batchTime of ssc.heldBatches.filter((time) => !seen.has(time))) {
        seen.add(batchTime);
        clock.after(owner, ONCE_AFTER_MS, () => retry(batchTime));
      }
    }
    lookLater();
  };
  const lookLater = () => void clock.after(owner, LOOK_EVERY_MS, look);
  lookLater();
}
