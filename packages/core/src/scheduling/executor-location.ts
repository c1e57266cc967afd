// The form in which both decisions refer to an executor.
import type { ExecutorDescription, TaskLocation } from '../contracts/scheduling-policy.ts';

/** The location of exactly this executor. */
export function executorLocation(executor: ExecutorDescription): TaskLocation {
  return { host: executor.host, executorId: executor.executorId };
}
