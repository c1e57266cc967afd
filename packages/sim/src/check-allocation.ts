// The number of executors after each change by the allocation, compared with the bounds of the plan.
import type { Plan } from './plan.ts';

/** A change of the number of executors. */
export interface Scaled {
  readonly wanted: number;
  readonly change: 'added' | 'retired';
}

/** The number of executors stays within its bounds, and changes only in plans with an allocation. */
export function checkAllocation(
  { allocation, streams }: Pick<Plan, 'allocation' | 'streams'>,
  { wanted, change }: Scaled,
  violated: (promise: string, what: string) => void,
): void {
  if (allocation === undefined)
    return violated('allocation', `an executor was ${change}, and the number of executors is fixed`);
  const { maxExecutors, minExecutors = Math.min(streams.length, maxExecutors) } = allocation;
  if (change === 'added' && wanted > maxExecutors)
    violated('allocation', `${wanted} executors are wanted, at most ${maxExecutors} are allowed`);
  if (change === 'retired' && wanted < minExecutors)
    violated('allocation', `${wanted} executors are left, at least ${minExecutors} are required`);
}
