// Receivers in turn: the first receiver on the first executor, the second on the second, and so on, cyclically. Wishes
// are ignored. The policy is easy to reason about: every placement follows from two lists.
import type {
  ExecutorDescription,
  ReceiverDescription,
  ReceiverPlacement,
  SchedulingPolicy,
  StreamId,
  TaskLocation,
} from '@millrace/core';
import { allLeastLoaded, loadsOf, locationsAt } from './executor-loads.ts';

/**
 * Places receivers in turn over the executors, in the order of both lists. Preferred hosts are ignored.
 *
 * Rescheduling continues in turn from the executor of the receiver, and skips executors with more receivers than other
 * executors: moving one receiver never unbalances the rest (SCH-1). For a receiver without a live executor, the turn
 * begins at the position of its stream id. Nothing is remembered between calls.
 */
export class RoundRobinSchedulingPolicy implements SchedulingPolicy {
  readonly name = 'round-robin';

  scheduleReceivers(
    receivers: readonly ReceiverDescription[],
    executors: readonly ExecutorDescription[],
  ): ReadonlyMap<StreamId, readonly TaskLocation[]> {
    return new Map(
      receivers.map(({ streamId }, turn) => [streamId, locationsAt(executors, [turn % executors.length])]),
    );
  }

  rescheduleReceiver(
    receiver: ReceiverDescription,
    placements: readonly ReceiverPlacement[],
    executors: readonly ExecutorDescription[],
  ): readonly TaskLocation[] {
    const { loads, positions } = loadsOf(placements, executors, receiver.streamId);
    const previous = previousExecutor(receiver.streamId, placements);
    const lastTurn = previous === undefined ? undefined : positions.get(previous);
    const first = lastTurn === undefined ? receiver.streamId : lastTurn + 1;
    const turns = executors.map((_, step) => (first + step) % executors.length);
    return locationsAt(executors, allLeastLoaded(loads, turns));
  }
}

/** The executor of the receiver, or its first scheduled candidate. */
function previousExecutor(streamId: StreamId, placements: readonly ReceiverPlacement[]): string | undefined {
  const placement = placements.find((candidate) => candidate.streamId === streamId);
  if (placement?.state === 'SCHEDULED') return placement.scheduledLocations[0]?.executorId;
  return placement?.runningExecutor?.executorId;
}
