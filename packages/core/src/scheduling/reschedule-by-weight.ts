// The placement of one receiver that failed or lost its executor, while all other receivers stay. A pure function of a
// snapshot. The result has several candidates, and the tracker takes the first that answers.
import type { ExecutorId } from '../contracts/identifiers.ts';
import type {
  ExecutorDescription,
  ReceiverDescription,
  ReceiverPlacement,
  TaskLocation,
} from '../contracts/scheduling-policy.ts';
import { executorLocation } from './executor-location.ts';

/** Sums of shares such as 1/3 + 1/3 + 1/3 differ in their last digits by the order of adding. */
const WEIGHT_TOLERANCE = 1e-9;

/**
 * Places one receiver by the weights of the running receivers: an ACTIVE receiver counts 1 on its executor, a SCHEDULED
 * receiver 1/n on each of its n locations that is an executor, an INACTIVE receiver nothing. The receiver itself counts
 * like all other receivers, and executors that are not alive do not count at all.
 *
 * @returns the preferred host, if any, and then every executor without weight; if there is none, every executor of the
 *   smallest weight. Empty without executors.
 */
export function rescheduleByWeight(
  receiver: ReceiverDescription,
  placements: readonly ReceiverPlacement[],
  executors: readonly ExecutorDescription[],
): readonly TaskLocation[] {
  if (executors.length === 0) return [];
  const weights = weightsOf(placements);
  const weightOf = (executor: ExecutorDescription): number => weights.get(executor.executorId) ?? 0;
  const least = executors.reduce((smallest, executor) => Math.min(smallest, weightOf(executor)), Infinity);
  const chosen = executors.filter((executor) => weightOf(executor) <= least + WEIGHT_TOLERANCE);
  const wish = receiver.preferredHost === undefined ? [] : [{ host: receiver.preferredHost }];
  return [...wish, ...chosen.map(executorLocation)];
}

function weightsOf(placements: readonly ReceiverPlacement[]): ReadonlyMap<ExecutorId, number> {
  const weights = new Map<ExecutorId, number>();
  const add = (executorId: ExecutorId, weight: number): void => {
    weights.set(executorId, (weights.get(executorId) ?? 0) + weight);
  };
  for (const { state, runningExecutor, scheduledLocations } of placements) {
    if (state === 'ACTIVE' && runningExecutor !== undefined) add(runningExecutor.executorId, 1);
    if (state !== 'SCHEDULED') continue;
    for (const { executorId } of scheduledLocations) {
      if (executorId !== undefined) add(executorId, 1 / scheduledLocations.length);
    }
  }
  return weights;
}
