// Tasks that the driver runs itself. Executors that do not share its memory know what the program makes, and nothing of
// what the function of an output operation makes at run time: RDDs derived inside `foreachRDD`, and actions that hold
// functions of their caller. Those run here, over records that executors have computed (`collect`), so that such a
// function behaves the same wherever executors are.
import type { ExecutorBackend } from '@millrace/core';
import type { ExecutorProtocol, RunTask } from '@millrace/core/engine';
import { TaskSlots } from './task-slots.ts';
import type { RDD } from '../rdd/rdd.ts';
import type { TaskRunner } from '../executor/task-runner.ts';

/** The name of the driver among executors; no executor has it. */
export const DRIVER_ID = 'driver';

/** Tasks that the driver runs at once: one thread computes, the others may wait for executors. */
const CORES = 4;

/** Reads a partition that executors compute. */
export type ReadPartition = (rdd: RDD<unknown>, partition: number) => Promise<readonly unknown[]>;

/** The driver in the role of an executor. */
export class DriverTasks {
  readonly slots = new TaskSlots(() => [{ executorId: DRIVER_ID, host: 'localhost', cores: CORES }]);
  readonly #runner: Pick<TaskRunner, 'run'>;

  constructor(runner: Pick<TaskRunner, 'run'>) {
    this.#runner = runner;
  }

  /** A backend whose only executor is the driver; what the program makes is read with `read`. */
  backend(read: ReadPartition): Pick<ExecutorBackend, 'ask'> {
    const elsewhere = { has: (rdd: RDD<unknown>) => rdd.environment.isOfProgram(rdd), read };
    return {
      ask: async <K extends keyof ExecutorProtocol>(
        _executorId: string,
        _kind: K,
        request: ExecutorProtocol[K]['request'],
      ): Promise<ExecutorProtocol[K]['reply']> =>
        // Tasks are all that is ever asked through it.
        this.#runner.run(request as RunTask, { elsewhere }),
    };
  }
}
