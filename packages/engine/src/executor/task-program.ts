// The program's interface for an executor that has loaded the program by itself: take in the inputs of a task
// message, build the RDD named by the task, and drop completed batches. `ProgramOnExecutor` implements the
// interface over the graph. Executors that share the driver's memory need none of this: the driver has built all
// RDDs already.
import type { BatchTime } from '@millrace/core';
import type { RunTask } from '@millrace/core/engine';
import type { Action } from '../rdd/action.ts';
import type { RDD } from '../rdd/rdd.ts';

/** The program from the point of view of an executor's tasks. */
export interface TaskProgram {
  /** Takes in the inputs of a task message. The same inputs may come again. @throws `MR_GRAPH_INPUT_INVALID`. */
  takeInputs(request: RunTask): void;
  /** Builds the RDD of the task, under its name. @throws `MR_GRAPH_UNKNOWN_RDD`. */
  build(request: RunTask): void;
  /** The action of the task, made from its name or by the program; undefined: there is none. */
  findAction(request: RunTask, rdd: RDD<unknown>): Action<unknown, unknown, unknown> | undefined;
  /** Drops all batches up to this one. */
  forget(doneUpTo: BatchTime): void;
}
