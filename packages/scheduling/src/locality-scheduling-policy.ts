// Receivers near their sources: a wish counts before balance, balance counts among everything else. An executor
// that nobody got is a spare candidate for somebody, so that a receiver whose place fails has another one at hand.
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
 * Places receivers on the host, or the executor, that they prefer, the others on the least loaded executors.
 *
 * A wish (`preferredHost`) names a host, or else an executor by its id, which is what tells executors of one host
 * apart. Among the executors of a host the least loaded gets the receiver. A wish that nothing alive fulfils is kept
 * as the first candidate, in case such an executor comes, and the receiver is placed as if it had none (SCH-1). Ties
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
    // Wishes first: what has none can go around them, but not the other way round.
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
      // A host of that name goes first: hosts are what the wish is about.
      if (!this.#positionsByName.has(executorId)) this.#positionsByName.set(executorId, [position]);
    });
  }

  /** The positions of all executors that the receiver would like. */
  of({ preferredHost }: ReceiverDescription): readonly number[] {
    return preferredHost === undefined ? [] : (this.#positionsByName.get(preferredHost) ?? []);
  }

  /** The wish itself, when no executor fulfils it; nothing when there are no executors at all. */
  unfulfilled(
    { preferredHost }: ReceiverDescription,
    executors: readonly ExecutorDescription[],
  ): readonly TaskLocation[] {
    const isOpen = preferredHost !== undefined && !this.#positionsByName.has(preferredHost);
    return isOpen && executors.length > 0 ? [{ host: preferredHost }] : [];
  }
}

/** Takes the least loaded of these executors, if there are any, and counts the receiver there. */
function occupy({ loads }: ExecutorLoads, positions: readonly number[]): number | undefined {
  const position = leastLoaded(loads, positions);
  if (position !== undefined) loads[position] = (loads[position] ?? 0) + 1;
  return position;
}

/** Gives each executor without a receiver to the receiver with the fewest candidates, as one more of them. */
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
