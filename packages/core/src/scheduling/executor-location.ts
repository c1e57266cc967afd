// The form in which both decisions name an executor.
import type { ExecutorDescription, TaskLocation } from '../contracts/scheduling-policy.ts';

/** The location that means this executor and no other. */
export function executorLocation(executor: ExecutorDescription): TaskLocation {
  return { host: executor.host, executorId: executor.executorId };
}
