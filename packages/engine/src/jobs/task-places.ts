// The place of a task: executors that share the driver's memory, executors with a copy of the program, or the driver
// itself. The place decides over the backend, the task slots and the content of the task's message.
import type { ExecutorBackend } from '@millrace/core';
import type { ShuffleLocations } from '@millrace/core/engine';
import type { RddNode } from '../rdd/rdd-node.ts';
import { DriverTasks } from './driver-tasks.ts';
import type { RunningJob } from './running-job.ts';
import type { RemoteExecution } from './remote-execution.ts';
import type { TaskRun } from './run-task.ts';
import { isNamed, type Task } from './stage.ts';
import type { TaskSlots } from './task-slots.ts';

/** The collaborators of `TaskPlaces`. */
export interface TaskPlacesDeps {
  readonly backend: Pick<ExecutorBackend, 'ask'>;
  readonly slots: TaskSlots;
  /** Present when executors do not share the driver's memory. */
  readonly remote: RemoteExecution | undefined;
  /** The executors with the shuffle outputs that a task reads. */
  readonly shufflesFor: (task: Task) => ShuffleLocations[];
  /** Computes a partition for a task on the driver. */
  readonly readPartition: (
    rdd: RddNode<unknown>,
    partition: number,
    job: RunningJob,
  ) => Promise<readonly unknown[]>;
}

/** The parts of a task run that follow from its place. */
export type Place = Pick<TaskRun, 'backend' | 'slots' | 'messageFor' | 'onAnswer' | 'decode'> & {
  readonly isDriver: boolean;
  readonly isRemote: boolean;
};

/** Chooses the places of tasks. */
export class TaskPlaces {
  readonly #deps: TaskPlacesDeps;
  readonly #driverTasks: DriverTasks | undefined;

  constructor(deps: TaskPlacesDeps) {
    this.#deps = deps;
    this.#driverTasks = deps.remote && new DriverTasks(deps.remote.driverRunner);
  }

  /** The place of a task, with the message for the chosen executor. */
  placeOf(task: Task, job: RunningJob): Place {
    const { backend, remote, slots, shufflesFor, readPartition } = this.#deps;
    const local = { isDriver: false, isRemote: false, messageFor: () => ({ inputs: job.inputs }) };
    if (remote === undefined || this.#driverTasks === undefined) return { ...local, backend, slots };
    if (!isNamed(task) || !task.rdd.environment.isOfProgram(task.rdd)) {
      const read = (rdd: RddNode<unknown>, partition: number) => readPartition(rdd, partition, job);
      return {
        ...local,
        isDriver: true,
        backend: this.#driverTasks.backend(read),
        slots: this.#driverTasks.slots,
      };
    }
    return {
      isDriver: false,
      isRemote: true,
      backend,
      slots,
      messageFor: (executorId) => ({
        ...remote.messageFor(executorId, job.identity.batchTime),
        shuffles: shufflesFor(task),
      }),
      onAnswer: (executorId, message) => remote.delivered(executorId, message),
      decode: (value) => remote.decode(value),
    };
  }
}
