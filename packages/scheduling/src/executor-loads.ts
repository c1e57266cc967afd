// The load of each executor, as shown by a snapshot: the numbers behind every decision of this package.
import type {
  ExecutorDescription,
  ExecutorId,
  ReceiverPlacement,
  StreamId,
  TaskLocation,
} from '@millrace/core';

/** The executors of one snapshot with their loads, by position in the snapshot. */
export interface ExecutorLoads {
  readonly executors: readonly ExecutorDescription[];
  /** Receivers per executor; a receiver that may start in one of n places counts 1/n in each. */
  readonly loads: Float64Array;
  /** The position of each executor in the list. */
  readonly positions: ReadonlyMap<ExecutorId, number>;
}

/** Executors without any receivers. */
export function noLoads(executors: readonly ExecutorDescription[]): ExecutorLoads {
  const positions = new Map(executors.map(({ executorId }, position) => [executorId, position]));
  return { executors, loads: new Float64Array(executors.length), positions };
}

/** The loads of the placements without the receiver to be placed. Receivers on a dead executor have no weight. */
export function loadsOf(
  placements: readonly ReceiverPlacement[],
  executors: readonly ExecutorDescription[],
  leftOut: StreamId,
): ExecutorLoads {
  const result = noLoads(executors);
  for (const placement of placements) {
    if (placement.streamId !== leftOut) addLoad(result, placement);
  }
  // Thirds and tenths do not add up exactly: loads that should be equal are made equal.
  result.loads.forEach((load, position, loads) => (loads[position] = Math.round(load * 1e9) / 1e9));
  return result;
}

function addLoad({ loads, positions }: ExecutorLoads, placement: ReceiverPlacement): void {
  const places = occupiedExecutors(placement);
  for (const executorId of places) {
    const position = executorId === undefined ? undefined : positions.get(executorId);
    if (position !== undefined) loads[position] = (loads[position] ?? 0) + 1 / places.length;
  }
}

/**
 * The executors of a running receiver, or the candidates of a starting one; undefined stands for any executor of a
 * host, which adds load to no executor.
 */
function occupiedExecutors(placement: ReceiverPlacement): readonly (ExecutorId | undefined)[] {
  const { state, runningExecutor, scheduledLocations } = placement;
  if (state === 'ACTIVE') return runningExecutor === undefined ? [] : [runningExecutor.executorId];
  return state === 'SCHEDULED' ? scheduledLocations.map(({ executorId }) => executorId) : [];
}

/** The first of the least loaded among these positions; undefined when there are none. */
export function leastLoaded(loads: Float64Array, positions: Iterable<number>): number | undefined {
  let best: number | undefined;
  let bestLoad = Infinity;
  for (const position of positions) {
    const load = loads[position] ?? Infinity;
    if (load >= bestLoad) continue;
    best = position;
    bestLoad = load;
  }
  return best;
}

/** All of the least loaded among these positions, in their order. */
export function allLeastLoaded(loads: Float64Array, positions: readonly number[]): readonly number[] {
  const best = leastLoaded(loads, positions);
  return best === undefined ? [] : positions.filter((position) => loads[position] === loads[best]);
}

/** The locations of the executors at these positions. */
export function locationsAt(
  executors: readonly ExecutorDescription[],
  positions: readonly number[],
): TaskLocation[] {
  return positions.flatMap((position) => {
    const executor = executors[position];
    return executor === undefined ? [] : [{ host: executor.host, executorId: executor.executorId }];
  });
}
