// What running tasks on executors without shared memory takes, as the job runner sees it. The context implements it.
import type { BatchTime, Clock, ExecutorId } from '@millrace/core';
import type { RunTask } from '@millrace/core/engine';
import type { TaskRunner } from '../executor/task-runner.ts';

/** The part of a task message that tells an executor about the batch. */
export type BatchMessage = Pick<RunTask, 'inputs' | 'zeroTime' | 'skipped' | 'snapshots'>;

/** How to speak to executors that have their own copy of the program. */
export interface RemoteExecution {
  /** What an executor has to be told with a task of this batch. @throws `MR_GRAPH_INPUT_NOT_PORTABLE`. */
  messageFor(executorId: ExecutorId, batchTime: BatchTime): BatchMessage;
  /** The executor has answered: it need not be told again. */
  delivered(executorId: ExecutorId, message: BatchMessage): void;
  /** The answer of a task out of its bytes. */
  decode(value: unknown): unknown;
  /** Runs what only the driver can run. */
  readonly driverRunner: Pick<TaskRunner, 'run'>;
  readonly clock: Clock;
  /** How long tasks wait for an executor when none is alive, in milliseconds; then they fail. */
  readonly executorWaitMs: number;
  /** How long tasks wait for an executor that has their data while others are free, in milliseconds. */
  readonly localityWaitMs: number;
  /** Whether tasks that are slow are run a second time beside the first. */
  readonly speculation: boolean;
}
