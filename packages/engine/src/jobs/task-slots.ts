// Chooses the executor of the next task. Every executor runs as many tasks at once as it has cores; further tasks
// wait in a queue, tasks of earlier batches first. A task with data on an executor waits for that executor, for a
// bounded time: elsewhere the data has to be fetched or read from a log. State would have to be computed again, so
// a task with state waits as long as the executor lives. All other tasks take any free executor.
import type { Clock, ExecutorDescription, ExecutorId, Timer } from '@millrace/core';
import { rddError } from '../rdd/rdd-errors.ts';
import { TaskQueue } from './task-queue.ts';

/** The needs of a task. */
export interface SlotRequest {
  /** Executors that have the task's data. */
  readonly preferred: readonly ExecutorId[];
  /** Executors of earlier failures, once for each failure: other executors come first. */
  readonly failedOn: readonly ExecutorId[];
  /** Lower ranks are served first; equal ranks in the order of requests. Default 0. */
  readonly rank?: number;
  /** True: the task waits for its preferred executors as long as one of them lives. Default false. */
  readonly stays?: boolean;
  /** Ends the wait. */
  readonly signal: AbortSignal;
}

interface Waiting extends SlotRequest {
  /** True when the task has waited long enough for the executors that have its data. */
  isOpen: boolean;
  readonly grant: (executorId: ExecutorId) => void;
  readonly refuse: (error: unknown) => void;
}

/** A signal that ends the wait of some tasks, with its listener. */
interface WatchedSignal {
  readonly tasks: Set<Waiting>;
  readonly onAbort: () => void;
}

/** Longest waits of tasks, in milliseconds. */
export interface ExecutorPatience {
  readonly clock: Clock;
  /** For any executor, when none is alive. */
  readonly waitMs: number;
  /**
   * For an executor that has the task's data, while other executors are free. Default: as long as that executor
   * lives.
   */
  readonly localityWaitMs?: number;
}

/** Counts running tasks, over all jobs of a driver. The queue is as long as the running jobs have partitions. */
export class TaskSlots {
  readonly #alive: () => readonly ExecutorDescription[];
  readonly #running = new Map<ExecutorId, number>();
  /**
   * A task queues behind all tasks of its rank and lower ranks: tasks of earlier batches go first, also when they
   * come back.
   */
  readonly #waiting = new TaskQueue<Waiting>();
  readonly #watched = new Map<AbortSignal, WatchedSignal>();
  readonly #patience: ExecutorPatience | undefined;
  #patienceEnds: Timer | undefined;

  /** `alive` is called for every decision. Without patience tasks are refused when no executor is alive. */
  constructor(alive: () => readonly ExecutorDescription[], patience?: ExecutorPatience) {
    this.#alive = alive;
    this.#patience = patience;
  }

  /** Must be called when executors have come or gone. */
  executorsChanged(): void {
    if (this.#alive().length > 0) this.#endPatience();
    this.#serve();
  }

  /**
   * Takes a slot; give the slot back with `release`.
   *
   * @throws `MR_RDD_NO_EXECUTOR` when no executor is alive, or the signal's reason.
   */
  acquire(request: SlotRequest): Promise<ExecutorId> {
    return new Promise((grant, refuse) => {
      if (request.signal.aborted) return refuse(request.signal.reason);
      let timer: Timer | undefined;
      const settled = () => {
        timer?.cancel();
        this.#unwatch(waiting);
      };
      const waiting: Waiting = {
        ...request,
        isOpen: false,
        grant: (executorId) => (settled(), grant(executorId)),
        refuse: (error) => (settled(), refuse(error)),
      };
      // Tasks that wait already could not be served before, and no slot has come free since.
      if (this.#tryServe(waiting, this.#alive())) return;
      this.#waiting.join(waiting);
      this.#watch(waiting);
      timer = this.#openLater(waiting);
    });
  }

  /**
   * One listener per signal: all tasks of a job share a signal, and the cost of adding a listener grows with the
   * number of listeners.
   */
  #watch(waiting: Waiting): void {
    const { signal } = waiting;
    const watched = this.#watched.get(signal);
    if (watched !== undefined) return void watched.tasks.add(waiting);
    const tasks = new Set([waiting]);
    const onAbort = () => {
      this.#waiting.leaveAll(tasks);
      for (const task of tasks) task.refuse(signal.reason);
      if (this.#waiting.length === 0) this.#endPatience();
    };
    this.#watched.set(signal, { tasks, onAbort });
    signal.addEventListener('abort', onAbort);
  }

  #unwatch(waiting: Waiting): void {
    const { signal } = waiting;
    const watched = this.#watched.get(signal);
    if (watched?.tasks.delete(waiting) !== true || watched.tasks.size > 0) return;
    this.#watched.delete(signal);
    signal.removeEventListener('abort', watched.onAbort);
  }

  /** Gives a slot back. */
  release(executorId: ExecutorId): void {
    const left = (this.#running.get(executorId) ?? 1) - 1;
    if (left > 0) this.#running.set(executorId, left);
    else this.#running.delete(executorId);
    this.#serve();
  }

  /** Number of running tasks. */
  get runningCount(): number {
    return [...this.#running.values()].reduce((sum, running) => sum + running, 0);
  }

  /** Tasks that wait for an executor, and signals that could end their wait. */
  get waitingCount(): number {
    return this.#waiting.length + this.#watched.size;
  }

  /** True when an executor runs no task. */
  isIdle(executorId: ExecutorId): boolean {
    return !this.#running.has(executorId);
  }

  /** After a while data may travel: an executor that is busy for long would delay the whole job. */
  #openLater(waiting: Waiting): Timer | undefined {
    const { clock, localityWaitMs } = this.#patience ?? {};
    const waits = waiting.preferred.length > 0 && waiting.stays !== true;
    if (clock === undefined || localityWaitMs === undefined || !waits) return undefined;
    return clock.after(localityWaitMs, () => {
      waiting.isOpen = true;
      this.#serve();
    });
  }

  /** Serves as many tasks as possible, in order. */
  #serve(): void {
    if (this.#waiting.length === 0) return;
    const alive = this.#alive();
    let index = 0;
    for (let next = this.#waiting.at(0); next !== undefined; next = this.#waiting.at(index)) {
      if (this.#tryServe(next, alive)) this.#waiting.leave(index);
      else if (alive.some((executor) => this.#isFree(executor))) index += 1;
      else return;
    }
  }

  /** Grants or refuses the request, and returns whether either happened. */
  #tryServe(waiting: Waiting, alive: readonly ExecutorDescription[]): boolean {
    if (alive.length === 0) {
      if (this.#patience !== undefined) return this.#beginPatience(this.#patience);
      waiting.refuse(noExecutor());
      return true;
    }
    const choice = this.#choose(waiting, alive);
    if (choice === undefined) return false;
    this.#running.set(choice.executorId, this.#load(choice) + 1);
    waiting.grant(choice.executorId);
    return true;
  }

  /** The best executor that the task may wait for, if that executor is free. */
  #choose(request: Waiting, alive: readonly ExecutorDescription[]): ExecutorDescription | undefined {
    const failures = ({ executorId }: ExecutorDescription) =>
      request.failedOn.filter((failed) => failed === executorId).length;
    const fewest = alive.reduce((least, executor) => Math.min(least, failures(executor)), Infinity);
    const trusted = alive.filter((executor) => failures(executor) === fewest);
    const wished = trusted.filter(({ executorId }) => request.preferred.includes(executorId));
    const wishedAndFree = wished.filter((executor) => this.#isFree(executor));
    const mayTravel = wished.length === 0 || (request.isOpen && wishedAndFree.length === 0);
    const free = mayTravel ? trusted.filter((executor) => this.#isFree(executor)) : wishedAndFree;
    return free.reduce<ExecutorDescription | undefined>(
      (best, next) => (best === undefined || this.#load(next) < this.#load(best) ? next : best),
      undefined,
    );
  }

  /** Returns false: the task goes on waiting, for a bounded time. */
  #beginPatience({ clock, waitMs }: ExecutorPatience): false {
    this.#patienceEnds ??= clock.after(waitMs, () => {
      this.#patienceEnds = undefined;
      if (this.#alive().length > 0) return this.#serve();
      for (const waiting of this.#waiting.clear()) waiting.refuse(noExecutor(waitMs));
    });
    return false;
  }

  #endPatience(): void {
    this.#patienceEnds?.cancel();
    this.#patienceEnds = undefined;
  }

  #isFree(executor: ExecutorDescription): boolean {
    return this.#load(executor) < Math.max(1, executor.cores);
  }

  #load({ executorId }: ExecutorDescription): number {
    return this.#running.get(executorId) ?? 0;
  }
}

function noExecutor(waitedMs = 0): Error {
  const waited = waitedMs === 0 ? '' : ` within ${waitedMs} ms`;
  return rddError('MR_RDD_NO_EXECUTOR', `expected an executor alive to run a task, got none${waited}`);
}
