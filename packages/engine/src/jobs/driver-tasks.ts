// Tasks that run on the driver itself. Executors without shared memory know the RDDs of the program, but not RDDs
// derived at run time inside `foreachRDD`, nor actions that close over functions of their caller. Such tasks run on
// the driver, over records computed by executors (`collect`), so that a function behaves the same wherever
// executors are.
import type { ExecutorBackend } from '@millrace/core';
import type { CancelTask, ExecutorProtocol, RunTask } from '@millrace/core/engine';
import { TaskSlots } from './task-slots.ts';
import type { RddNode } from '../rdd/rdd-node.ts';
import type { TaskRunner } from '../executor/task-runner.ts';

/** The driver's id among executors; no executor has this id. */
export const DRIVER_ID = 'driver';

/** Tasks that the driver runs at once: one thread computes, the other tasks may wait for executors. */
const CORES = 4;

/** Reads a partition computed by executors. */
export type ReadPartition = (rdd: RddNode<unknown>, partition: number) => Promise<readonly unknown[]>;

/** The driver in the role of an executor. */
export class DriverTasks {
  readonly slots = new TaskSlots(() => [{ executorId: DRIVER_ID, host: 'localhost', cores: CORES }]);
  readonly #runner: Pick<TaskRunner, 'run' | 'cancel'>;

  constructor(runner: Pick<TaskRunner, 'run' | 'cancel'>) {
    this.#runner = runner;
  }

  /** A backend with the driver as its only executor; partitions of the program's own RDDs are read with `read`. */
  backend(read: ReadPartition): Pick<ExecutorBackend, 'ask'> {
    const elsewhere = { has: (rdd: RddNode<unknown>) => rdd.environment.isOfProgram(rdd), read };
    return {
      ask: async <K extends keyof ExecutorProtocol>(
        _executorId: string,
        kind: K,
        request: ExecutorProtocol[K]['request'],
      ): Promise<ExecutorProtocol[K]['reply']> =>
        // Only tasks, and their ends, are ever sent through this backend.
        kind === 'CancelTask'
          ? this.#runner.cancel(request as CancelTask)
          : this.#runner.run(request as RunTask, { elsewhere }),
    };
  }
}
