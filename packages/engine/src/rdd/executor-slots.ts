// Which executor runs the next task. Every executor runs as many tasks at once as it has cores; tasks beyond that
// wait in line. A task that has its data somewhere waits for that executor while it lives: elsewhere the data would
// have to be read from a log, or would not be there at all. All others take what is free.
import type { Clock, ExecutorDescription, ExecutorId, Timer } from '@millrace/core';
import { rddError } from './rdd-errors.ts';

/** What a task asks for. */
export interface SlotRequest {
  /** Executors that have its data. */
  readonly preferred: readonly ExecutorId[];
  /** Where it has failed before, once for each failure: others come first. */
  readonly failedOn: readonly ExecutorId[];
  /** Ends the waiting. */
  readonly signal: AbortSignal;
}

interface Waiting extends SlotRequest {
  readonly grant: (executorId: ExecutorId) => void;
  readonly refuse: (error: unknown) => void;
}

/** A signal that ends the waiting of some, and who listens to it. */
interface WatchedSignal {
  readonly tasks: Set<Waiting>;
  readonly onAbort: () => void;
}

/** What to do when no executor is alive. */
export interface ExecutorPatience {
  readonly clock: Clock;
  /** How long tasks wait for one to come, in milliseconds. */
  readonly waitMs: number;
}

/** Counts running tasks, over all jobs of a driver. The line is as long as the jobs that run have partitions. */
export class ExecutorSlots {
  readonly #alive: () => readonly ExecutorDescription[];
  readonly #running = new Map<ExecutorId, number>();
  readonly #waiting = new Set<Waiting>();
  readonly #watched = new Map<AbortSignal, WatchedSignal>();
  readonly #patience: ExecutorPatience | undefined;
  #patienceEnds: Timer | undefined;

  /** `alive` is asked for every decision. Without patience tasks are refused when no executor is alive. */
  constructor(alive: () => readonly ExecutorDescription[], patience?: ExecutorPatience) {
    this.#alive = alive;
    this.#patience = patience;
  }

  /** To be called when executors have come or gone. */
  executorsChanged(): void {
    if (this.#alive().length > 0) this.#endPatience();
    this.#serve();
  }

  /**
   * Takes a slot; give it back with `release`.
   *
   * @throws `MR_RDD_NO_EXECUTOR` when nobody is alive, or the signal's reason.
   */
  acquire(request: SlotRequest): Promise<ExecutorId> {
    return new Promise((grant, refuse) => {
      if (request.signal.aborted) return refuse(request.signal.reason);
      const settled = () => this.#unwatch(waiting);
      const waiting: Waiting = {
        ...request,
        grant: (executorId) => (settled(), grant(executorId)),
        refuse: (error) => (settled(), refuse(error)),
      };
      // Those who wait already could not be served before, and no slot has come free since.
      if (this.#tryServe(waiting, this.#alive())) return;
      this.#waiting.add(waiting);
      this.#watch(waiting);
    });
  }

  /** All tasks of a job have one signal, and adding a listener costs as much as it has listeners: one is enough. */
  #watch(waiting: Waiting): void {
    const { signal } = waiting;
    const watched = this.#watched.get(signal);
    if (watched !== undefined) return void watched.tasks.add(waiting);
    const tasks = new Set([waiting]);
    const onAbort = () => {
      for (const task of tasks) {
        this.#waiting.delete(task);
        task.refuse(signal.reason);
      }
      if (this.#waiting.size === 0) this.#endPatience();
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

  /** Whether no task runs there. */
  isIdle(executorId: ExecutorId): boolean {
    return !this.#running.has(executorId);
  }

  /** Serves whom it can, in the order of asking. */
  #serve(): void {
    if (this.#waiting.size === 0) return;
    const alive = this.#alive();
    for (const waiting of this.#waiting) {
      if (this.#tryServe(waiting, alive)) this.#waiting.delete(waiting);
      else if (!alive.some((executor) => this.#isFree(executor))) return;
    }
  }

  /** Grants or refuses, and answers whether it did either. */
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

  /** The best of the executors it may wait for, if that one is free. */
  #choose(request: SlotRequest, alive: readonly ExecutorDescription[]): ExecutorDescription | undefined {
    const failures = ({ executorId }: ExecutorDescription) =>
      request.failedOn.filter((failed) => failed === executorId).length;
    const fewest = Math.min(...alive.map(failures));
    const trusted = alive.filter((executor) => failures(executor) === fewest);
    const wished = trusted.filter(({ executorId }) => request.preferred.includes(executorId));
    const free = (wished.length > 0 ? wished : trusted).filter((executor) => this.#isFree(executor));
    return free.reduce<ExecutorDescription | undefined>(
      (best, next) => (best === undefined || this.#load(next) < this.#load(best) ? next : best),
      undefined,
    );
  }

  /** False: the task goes on waiting, for a bounded time. */
  #beginPatience({ clock, waitMs }: ExecutorPatience): false {
    this.#patienceEnds ??= clock.schedule(clock.now() + waitMs, () => {
      this.#patienceEnds = undefined;
      if (this.#alive().length > 0) return this.#serve();
      const refused = [...this.#waiting];
      this.#waiting.clear();
      for (const waiting of refused) waiting.refuse(noExecutor(waitMs));
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
