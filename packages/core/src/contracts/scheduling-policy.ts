// Where receivers run. A policy is a pure function over a snapshot: it is asked, it answers, it remembers nothing.
import type { ExecutorId, StreamId } from './identifiers.ts';
import { portToken } from './port-token.ts';

/** A place where a receiver may run: an executor, or any executor of a host when `executorId` is absent. */
export interface TaskLocation {
  readonly host: string;
  readonly executorId?: ExecutorId;
}

/** An executor that is alive at the time of the snapshot. */
export interface ExecutorDescription {
  readonly executorId: ExecutorId;
  readonly host: string;
  /** How many tasks it can run at once. */
  readonly cores: number;
}

/** A receiver that has to be placed. */
export interface ReceiverDescription {
  readonly streamId: StreamId;
  /** The host it would like to run on, if it has a wish. */
  readonly preferredHost?: string;
}

/**
 * INACTIVE: not running and not about to. SCHEDULED: told to start somewhere, not yet registered. ACTIVE: running.
 */
export type ReceiverState = 'INACTIVE' | 'SCHEDULED' | 'ACTIVE';

/** What the tracker knows of where a receiver is; the input of a rescheduling decision. */
export interface ReceiverPlacement {
  readonly streamId: StreamId;
  readonly state: ReceiverState;
  /** Where it may start, while SCHEDULED. */
  readonly scheduledLocations: readonly TaskLocation[];
  /** Where it runs, while ACTIVE. */
  readonly runningExecutor?: ExecutorDescription;
}

/**
 * Decides where receivers run.
 *
 * `scheduleReceivers` is called once, when the first executors are there; `rescheduleReceiver` whenever one receiver
 * failed or lost its executor. Both are synchronous, must answer for 10,000 receivers and 1,000 executors within
 * 100 ms, and must give the same answer for the same input. With at least one live executor every receiver gets at
 * least one location, and loads differ by at most one where wishes do not say otherwise (SCH-1). A location is a
 * candidate: the tracker starts the receiver on the first that answers and accepts its registration from any.
 */
export interface SchedulingPolicy {
  /** Printed by `describe()` and in logs, for instance `'round-robin'`. */
  readonly name: string;

  /** Places all receivers at once. An entry for each; empty lists when there is no executor. */
  scheduleReceivers(
    receivers: readonly ReceiverDescription[],
    executors: readonly ExecutorDescription[],
  ): ReadonlyMap<StreamId, readonly TaskLocation[]>;

  /** Places one receiver while the others stay. `placements` may contain the receiver itself. */
  rescheduleReceiver(
    receiver: ReceiverDescription,
    placements: readonly ReceiverPlacement[],
    executors: readonly ExecutorDescription[],
  ): readonly TaskLocation[];
}

/** The token of the policy. Shipped: `LoadBalancedSchedulingPolicy` (default); others in @millrace/scheduling. */
export const SchedulingPolicy = portToken<SchedulingPolicy>('SchedulingPolicy');
