// The amounts of one executor at this moment, as far as the executor itself knows. Reads numbers that its parts have
// in any case.
import type { BlockStore, ExecutorDescription, ReceivedBlockHandler } from '@millrace/core';
import type { ThreadMeter } from '@millrace/core/engine';
import type { ExecutorReading } from '@millrace/core/observation';
import type { ReceiverHost } from '../receiving/receiver-host.ts';
import { logReading } from './log-reading.ts';
import type { TaskRunner } from './task-runner.ts';

/** The parts of an executor that have amounts. */
export interface ExecutorReadingDeps {
  readonly executor: ExecutorDescription;
  readonly receivers: Pick<ReceiverHost, 'readings'>;
  readonly tasks: Pick<TaskRunner, 'counts'>;
  readonly blockStore: BlockStore;
  readonly handler: Pick<ReceivedBlockHandler, 'logGauges'>;
  /** Measures the thread of the executor. Absent: the executor shares the thread of the driver. */
  readonly meter?: ThreadMeter;
}

/** The amounts now, without an age. */
export function executorReading(deps: ExecutorReadingDeps): ExecutorReading {
  const { executor, receivers, tasks, blockStore, handler, meter } = deps;
  const log = logReading(() => handler.logGauges?.());
  const { running, completed } = tasks.counts;
  const { blocks, bytes, maxBytes } = blockStore.usage();
  return {
    executorId: executor.executorId,
    host: executor.host,
    cores: executor.cores,
    runningTasks: running,
    completedTasks: completed,
    blocks: { blocks, bytes, maxBytes },
    ...(log === undefined ? {} : { log }),
    receivers: receivers.readings,
    ...(meter === undefined ? {} : { thread: meter.read() }),
  };
}
