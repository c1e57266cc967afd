// The port between RDDs and the scheduler that runs their actions. The shipped runner is `DagScheduler`; an
// environment on an executor has no runner, because jobs begin on the driver only.
import type { BatchTime } from '@millrace/core';
import type { Action } from './action.ts';
import type { RddNode } from './rdd-node.ts';

/** The job that actions belong to. Actions outside any job have batch time 0 and output operation -1. */
export interface JobIdentity {
  readonly batchTime: BatchTime;
  /** Index of the program's output operation, counted from 0 in the order of registration. */
  readonly outputOperation: number;
  /** Cancels the job: no further task is started, and the action rejects with `MR_RDD_JOB_CANCELLED`. */
  readonly signal?: AbortSignal;
}

/** One run of an action. */
export interface JobRequest<T, P, R> {
  readonly rdd: RddNode<T>;
  readonly action: Action<T, P, R>;
  /** The name under which executors find the action. */
  readonly actionName: string;
  readonly job: JobIdentity;
  /** The partitions to compute, in the order of their answers. */
  readonly partitions: readonly number[];
}

/** Runs actions. Called concurrently. */
export interface JobRunner {
  /** Runs the tasks of an action and merges their answers. Rejects with the reason when a task fails for good. */
  run<T, P, R>(request: JobRequest<T, P, R>): Promise<R>;
  /** Drops the records about outputs of these RDDs. */
  forget(rddIds: readonly string[]): void;
}
