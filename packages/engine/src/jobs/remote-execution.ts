// The job runner's view of executors without shared memory. The driver implements this interface.
import type { BatchTime, Clock, ExecutorId } from '@millrace/core';
import type { RunTask } from '@millrace/core/engine';
import type { TaskRunner } from '../executor/task-runner.ts';

/** The part of a task message that tells an executor about the batch. */
export type BatchMessage = Pick<RunTask, 'inputs' | 'zeroTime' | 'skipped' | 'snapshots'>;

/** Communication with executors that have their own copy of the program. */
export interface RemoteExecution {
  /** The batch data to send with a task of this batch. @throws `MR_GRAPH_INPUT_NOT_PORTABLE`. */
  messageFor(executorId: ExecutorId, batchTime: BatchTime): BatchMessage;
  /** Records an answer of the executor: the same batch data need not be sent again. */
  delivered(executorId: ExecutorId, message: BatchMessage): void;
  /** Decodes the answer of a task. */
  decode(value: unknown): unknown;
  /** Runs tasks that only the driver can run. */
  readonly driverRunner: Pick<TaskRunner, 'run' | 'cancel'>;
  readonly clock: Clock;
  /** Longest wait of tasks when no executor is alive, in milliseconds; then the tasks fail. */
  readonly executorWaitMs: number;
  /** Longest wait of tasks for an executor that has their data while other executors are free, in milliseconds. */
  readonly localityWaitMs: number;
  /** True: slow tasks are run a second time beside the first attempt. */
  readonly speculation: boolean;
}
