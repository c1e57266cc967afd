// Receivers near their sources: a wish comes before balance, and balance decides among equal executors. An executor
// without a receiver becomes an additional candidate of one receiver, so that this receiver has a second place when the
// first one fails.
import type {
  ExecutorDescription,
  ReceiverDescription,
  ReceiverPlacement,
  SchedulingPolicy,
  StreamId,
  TaskLocation,
} from '@millrace/core';
import {
  allLeastLoaded,
  type ExecutorLoads,
  leastLoaded,
  loadsOf,
  locationsAt,
  noLoads,
} from './executor-loads.ts';

/**
 * Places receivers on their preferred host or executor, and the other receivers on the least loaded executors.
 *
 * A wish (`preferredHost`) names a host, or else an executor by its id; an id separates executors of one host. Among
 * the executors of a host the least loaded one gets the receiver. A wish without a live executor is kept as the first
 * candidate, in case such an executor arrives, and the receiver is placed like a receiver without a wish (SCH-1). Ties
 * go to the executor that comes first.
 */
export class LocalitySchedulingPolicy implements SchedulingPolicy {
  readonly name = 'locality';

  scheduleReceivers(
    receivers: readonly ReceiverDescription[],
    executors: readonly ExecutorDescription[],
  ): ReadonlyMap<StreamId, readonly TaskLocation[]> {
    const loads = noLoads(executors);
    const wishes = new Wishes(loads);
    const places = new Map<StreamId, number | undefined>();
    // Wishes first: receivers without a wish can be balanced around the others, but not the other way round.
    for (const receiver of receivers) places.set(receiver.streamId, occupy(loads, wishes.of(receiver)));
    const all = positionsOf(executors);
    for (const { streamId } of receivers) {
      if (places.get(streamId) === undefined) places.set(streamId, occupy(loads, all));
    }
    const candidates = receivers.map((receiver) => {
      const place = places.get(receiver.streamId);
      const locations = place === undefined ? [] : locationsAt(executors, [place]);
      return [...wishes.unfulfilled(receiver, executors), ...locations];
    });
    addSpares(candidates, loads);
    return new Map(receivers.map(({ streamId }, i) => [streamId, candidates[i] ?? []]));
  }

  rescheduleReceiver(
    receiver: ReceiverDescription,
    placements: readonly ReceiverPlacement[],
    executors: readonly ExecutorDescription[],
  ): readonly TaskLocation[] {
    const loads = loadsOf(placements, executors, receiver.streamId);
    const wishes = new Wishes(loads);
    const wished = allLeastLoaded(loads.loads, wishes.of(receiver));
    const others = allLeastLoaded(loads.loads, positionsOf(executors)).filter((i) => !wished.includes(i));
    return [...wishes.unfulfilled(receiver, executors), ...locationsAt(executors, [...wished, ...others])];
  }
}

/** Finds the executors that fulfil wishes. */
class Wishes {
  readonly #positionsByName = new Map<string, number[]>();

  constructor({ executors }: ExecutorLoads) {
    executors.forEach(({ host }, position) => {
      const positions = this.#positionsByName.get(host);
      if (positions === undefined) this.#positionsByName.set(host, [position]);
      else positions.push(position);
    });
    executors.forEach(({ executorId }, position) => {
      // A host of that name comes first: a wish is meant for a host.
      if (!this.#positionsByName.has(executorId)) this.#positionsByName.set(executorId, [position]);
    });
  }

  /** The positions of all executors that fulfil the receiver's wish. */
  of({ preferredHost }: ReceiverDescription): readonly number[] {
    return preferredHost === undefined ? [] : (this.#positionsByName.get(preferredHost) ?? []);
  }

  /** The wish itself when no executor fulfils the wish; empty without executors. */
  unfulfilled(
    { preferredHost }: ReceiverDescription,
    executors: readonly ExecutorDescription[],
  ): readonly TaskLocation[] {
    const isOpen = preferredHost !== undefined && !this.#positionsByName.has(preferredHost);
    return isOpen && executors.length > 0 ? [{ host: preferredHost }] : [];
  }
}

/** Selects the least loaded of these executors, if there are any, and adds the receiver to its load. */
function occupy({ loads }: ExecutorLoads, positions: readonly number[]): number | undefined {
  const position = leastLoaded(loads, positions);
  if (position !== undefined) loads[position] = (loads[position] ?? 0) + 1;
  return position;
}

/** Adds each executor without a receiver to the candidates of the receiver with the fewest candidates. */
function addSpares(candidates: TaskLocation[][], { executors, loads }: ExecutorLoads): void {
  if (candidates.length === 0) return;
  for (const position of positionsOf(executors)) {
    if (loads[position] !== 0) continue;
    const fewest = candidates.reduce((least, other) => (other.length < least.length ? other : least));
    for (const location of locationsAt(executors, [position])) fewest.push(location);
  }
}

function positionsOf(executors: readonly ExecutorDescription[]): readonly number[] {
  return executors.map((_, position) => position);
}
