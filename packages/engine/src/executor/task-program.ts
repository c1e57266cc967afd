// What an executor that has loaded the program by itself asks of it: to take in what a task message says about its
// batch, to build the RDD that the task names, and to forget. The context implements it over the graph. Executors that
// share the driver's memory need none of this: there the driver has built everything already.
import type { BatchTime } from '@millrace/core';
import type { RunTask } from '@millrace/core/engine';
import type { Action } from '../rdd/action.ts';
import type { RDD } from '../rdd/rdd.ts';

/** The program, as the tasks of an executor see it. */
export interface TaskProgram {
  /** Takes in the inputs that came with a task. The same inputs may come again. @throws `MR_GRAPH_INPUT_INVALID`. */
  takeInputs(request: RunTask): void;
  /** Builds the RDD that the task names, under its name. @throws `MR_GRAPH_UNKNOWN_RDD`. */
  build(request: RunTask): void;
  /** The action that the task names, made from its name or by the program; undefined: there is none. */
  findAction(request: RunTask, rdd: RDD<unknown>): Action<unknown, unknown, unknown> | undefined;
  /** All batches up to this one are done with. */
  forget(doneUpTo: BatchTime): void;
}
