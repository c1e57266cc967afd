// Receivers by turn: the first on the first executor, the second on the second, and around. It looks at no wishes and
// is the policy to reason about: who runs where follows from two lists.
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
 * Places receivers by turn over the executors, in the order of both lists. Preferred hosts are not looked at.
 *
 * Rescheduling goes on by turn from the executor where the receiver was, passing over executors that have more
 * receivers than others: moving one receiver never unbalances the rest (SCH-1). Where the receiver was on no live
 * executor, its turn begins at the position of its stream id. Nothing is remembered between calls.
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

/** Where the receiver ran, or was to start first. */
function previousExecutor(streamId: StreamId, placements: readonly ReceiverPlacement[]): string | undefined {
  const placement = placements.find((candidate) => candidate.streamId === streamId);
  if (placement?.state === 'SCHEDULED') return placement.scheduledLocations[0]?.executorId;
  return placement?.runningExecutor?.executorId;
}
