// The placement of all receivers when the first executors are ready: spread evenly, and near their source if a host is
// preferred. A pure function of a snapshot, called once for all receivers of an engine.
import type { StreamId } from '../contracts/identifiers.ts';
import type {
  ExecutorDescription,
  ReceiverDescription,
  TaskLocation,
} from '../contracts/scheduling-policy.ts';
import { executorLocation } from './executor-location.ts';
import { LeastLoaded } from './least-loaded.ts';

/**
 * Places all receivers so that loads differ by at most one, unless preferred hosts require more (SCH-1):
 *
 * 1. Receivers with a preferred host, in order: the executor of that host with the fewest receivers so far. A host
 *    without executors becomes a location of its own, in case an executor starts there, and the receiver goes on to
 *    step 2.
 * 2. Receivers without an executor, in order: the executor with the fewest receivers.
 * 3. Each executor still without receiver becomes a further candidate of the receiver with the fewest locations.
 *
 * Of equals the first is taken. Without executors every list is empty.
 */
export function scheduleEvenly(
  receivers: readonly ReceiverDescription[],
  executors: readonly ExecutorDescription[],
): ReadonlyMap<StreamId, readonly TaskLocation[]> {
  const locations: TaskLocation[][] = receivers.map(() => []);
  if (executors.length > 0 && receivers.length > 0) {
    const loads = executors.map(() => 0);
    const unplaced = placeWishes(receivers, executors, { locations, loads });
    placeRest(unplaced, executors, { locations, loads });
    offerIdleExecutors(executors, { locations, loads });
  }
  return new Map(receivers.map(({ streamId }, index) => [streamId, locations[index] ?? []]));
}

/** The tables that the steps of the global decision fill: locations by receiver, loads by executor. */
interface Plan {
  readonly locations: readonly TaskLocation[][];
  readonly loads: number[];
}

/** Step 1. Returns the positions of the receivers that still need an executor. */
function placeWishes(
  receivers: readonly ReceiverDescription[],
  executors: readonly ExecutorDescription[],
  plan: Plan,
): readonly number[] {
  const hosts = hostsOf(executors, plan.loads);
  const unplaced: number[] = [];
  receivers.forEach(({ preferredHost }, index) => {
    const wished = preferredHost === undefined ? undefined : hosts.get(preferredHost)?.takeLeast();
    const executor = wished === undefined ? undefined : executors[wished];
    if (executor !== undefined) plan.locations[index]?.push(executorLocation(executor));
    else if (preferredHost !== undefined) plan.locations[index]?.push({ host: preferredHost });
    if (executor === undefined) unplaced.push(index);
  });
  return unplaced;
}

/** Step 2. */
function placeRest(unplaced: readonly number[], executors: readonly ExecutorDescription[], plan: Plan): void {
  const leastLoaded = new LeastLoaded(plan.loads);
  for (const index of unplaced) {
    const executor = executors[leastLoaded.takeLeast() ?? -1];
    if (executor !== undefined) plan.locations[index]?.push(executorLocation(executor));
  }
}

/** Step 3. */
function offerIdleExecutors(executors: readonly ExecutorDescription[], plan: Plan): void {
  const fewestLocations = new LeastLoaded(plan.locations.map(({ length }) => length));
  executors.forEach((executor, index) => {
    if (plan.loads[index] !== 0) return;
    plan.locations[fewestLocations.takeLeast() ?? -1]?.push(executorLocation(executor));
  });
}

/** The executors of each host, as a heap over the loads that all hosts share. */
function hostsOf(
  executors: readonly ExecutorDescription[],
  loads: number[],
): ReadonlyMap<string, LeastLoaded> {
  const positions = Map.groupBy(executors.keys(), (index) => executors[index]?.host ?? '');
  return new Map([...positions].map(([host, among]) => [host, new LeastLoaded(loads, among)]));
}
