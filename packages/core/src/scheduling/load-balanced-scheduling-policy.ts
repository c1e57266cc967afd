// The default placement of receivers. Each decision of the port has its own file: the global decision at the start of
// an engine (schedule-evenly.ts), and the local decision when a single receiver needs a new place
// (reschedule-by-weight.ts).
import type { StreamId } from '../contracts/identifiers.ts';
import type {
  ExecutorDescription,
  ReceiverDescription,
  ReceiverPlacement,
  SchedulingPolicy,
  TaskLocation,
} from '../contracts/scheduling-policy.ts';
import { rescheduleByWeight } from './reschedule-by-weight.ts';
import { scheduleEvenly } from './schedule-evenly.ts';

/** Spreads receivers by load; the default. See `scheduleEvenly` and `rescheduleByWeight`. */
export class LoadBalancedSchedulingPolicy implements SchedulingPolicy {
  readonly name = 'load-balanced';

  /** Places all receivers at once, by `scheduleEvenly`. */
  scheduleReceivers(
    receivers: readonly ReceiverDescription[],
    executors: readonly ExecutorDescription[],
  ): ReadonlyMap<StreamId, readonly TaskLocation[]> {
    return scheduleEvenly(receivers, executors);
  }

  /** Places one receiver by `rescheduleByWeight`; all other receivers stay. */
  rescheduleReceiver(
    receiver: ReceiverDescription,
    placements: readonly ReceiverPlacement[],
    executors: readonly ExecutorDescription[],
  ): readonly TaskLocation[] {
    return rescheduleByWeight(receiver, placements, executors);
  }
}
