// The placement of receivers. A policy is a pure function over a snapshot, without memory between calls.
import type { ExecutorId, StreamId } from './identifiers.ts';
import { portToken } from './port-token.ts';

/** A possible place for a receiver: an executor, or any executor of a host when `executorId` is absent. */
export interface TaskLocation {
  readonly host: string;
  readonly executorId?: ExecutorId;
}

/** An executor that is alive at the time of the snapshot. */
export interface ExecutorDescription {
  readonly executorId: ExecutorId;
  readonly host: string;
  /** The number of tasks that the executor can run at once. */
  readonly cores: number;
}

/** A receiver to be placed. */
export interface ReceiverDescription {
  readonly streamId: StreamId;
  /** The preferred host of the receiver, if any. */
  readonly preferredHost?: string;
}

/** INACTIVE: neither running nor starting. SCHEDULED: assigned to a location, not yet registered. ACTIVE: running. */
export type ReceiverState = 'INACTIVE' | 'SCHEDULED' | 'ACTIVE';

/** The tracker's view of a receiver's place; the input of a rescheduling decision. */
export interface ReceiverPlacement {
  readonly streamId: StreamId;
  readonly state: ReceiverState;
  /** The candidate locations, while SCHEDULED. */
  readonly scheduledLocations: readonly TaskLocation[];
  /** The executor of the receiver, while ACTIVE. */
  readonly runningExecutor?: ExecutorDescription;
}

/**
 * Assigns receivers to locations.
 *
 * `scheduleReceivers` is called once, when the first executors are ready; `rescheduleReceiver` after each failure of a
 * receiver or loss of its executor. Both are synchronous, must answer for 10,000 receivers and 1,000 executors within
 * 100 ms, and must give the same answer for the same input. With at least one live executor every receiver gets at
 * least one location, and loads differ by at most one unless preferred hosts require more (SCH-1). A location is a
 * candidate: the tracker starts the receiver on the first location that answers, and accepts a registration from any
 * location.
 */
export interface SchedulingPolicy {
  /** Printed by `describe()` and in logs, for instance `'round-robin'`. */
  readonly name: string;

  /** Places all receivers at once. An entry for each; empty lists when there is no executor. */
  scheduleReceivers(
    receivers: readonly ReceiverDescription[],
    executors: readonly ExecutorDescription[],
  ): ReadonlyMap<StreamId, readonly TaskLocation[]>;

  /** Places one receiver; all other receivers stay. `placements` may contain the receiver itself. */
  rescheduleReceiver(
    receiver: ReceiverDescription,
    placements: readonly ReceiverPlacement[],
    executors: readonly ExecutorDescription[],
  ): readonly TaskLocation[];
}

/**
 * The token of the policy. Shipped: `LoadBalancedSchedulingPolicy` (default); further policies in @millrace/scheduling.
 */
export const SchedulingPolicy = portToken<SchedulingPolicy>('SchedulingPolicy');
