// An operator of held batches, according to the plan: retries the oldest batch repeatedly, retries each batch once
// after a while, or retries none. When the faults are over, every batch is retried.
import type { Plan } from './plan.ts';
import type { SimClock } from './sim-clock.ts';
import type { SimDriver } from './sim-driver.ts';

const LOOK_EVERY_MS = 250;
const ONCE_AFTER_MS = 2_000;

/** Retries the held batches of one life of a driver. */
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
  // The owner lives as long as the process, without being part of the process.
  const owner = {
    get isAlive() {
      return process.isAlive;
    },
  };
  const retry = (batchTime?: number) => {
    // A rejection has no further meaning: the batch is held, or is not.
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
