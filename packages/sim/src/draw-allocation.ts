// Draws the allocation of executors: their number follows the load of the batches. The draw has a separate random source.
import { Draw } from './draw.ts';
import type { Plan } from './plan.ts';

/** The share of plans with allocation, among plans with executors. */
const CHANCE = 0.25;

/** The largest number of executors. */
const EXECUTORS_MAX = 4;

/**
 * The plan with an allocation. Batches take little virtual time, so the ratios are low and close to each other: the number
 * of executors goes up and down in one run.
 */
export function drawAllocation(plan: Plan): Plan {
  const draw = new Draw(`${plan.seed}/allocation`);
  if (plan.executors === 0 || !draw.happens(CHANCE)) return plan;
  const scalingUpRatio = draw.of([0.02, 0.1, 0.3]);
  const allocation = {
    ...(draw.happens(0.5) ? { minExecutors: 1 } : {}),
    maxExecutors: draw.of([2, EXECUTORS_MAX]),
    scalingIntervalMs: draw.of([1, 2, 3]) * plan.batchIntervalMs,
    scalingUpRatio,
    scalingDownRatio: scalingUpRatio / draw.of([1.25, 2]),
  };
  return { ...plan, allocation };
}
