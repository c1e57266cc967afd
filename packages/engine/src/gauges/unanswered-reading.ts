// The reading of an executor elsewhere that has not answered yet.
import type { ExecutorDescription } from '@millrace/core';
import type { ExecutorReading } from '@millrace/core/observation';

/** The executor with amounts of 0 and without an age. */
export function unansweredReading({ executorId, host, cores }: ExecutorDescription): ExecutorReading {
  return {
    executorId,
    host,
    cores,
    runningTasks: 0,
    completedTasks: 0,
    blocks: { blocks: 0, bytes: 0, maxBytes: 0 },
    receivers: [],
  };
}
