// Speculation: runs the tasks of a stage, and starts a second attempt of every task that takes much longer than the
// others, on another executor. The first answer counts. An executor may be slow for reasons of its own; the stage
// should not wait for a slow executor.
//
//   median of those done ──× 1.5──► a task that runs for longer ──► a copy elsewhere ──► first answer wins
import type { Clock, ExecutorId, Timer } from '@millrace/core';

/** Options of one attempt. */
export interface AttemptOptions {
  /** Executors of last resort. */
  readonly avoided: readonly ExecutorId[];
  /** Called when an executor was found. */
  readonly onPlaced: (executorId: ExecutorId) => void;
  /** Aborted when the other attempt has answered. */
  readonly signal: AbortSignal;
}

/** Runs one task of the stage, from beginning to end. */
export type RunAttempt<T> = (partition: number, options: AttemptOptions) => Promise<T>;

/** Share of the stage's tasks that must be done before any task counts as slow. */
const DONE_SHARE = 0.75;
/** A task is slow beyond this multiple of the median. */
const SLOW_FACTOR = 1.5;
/** No task is slow before it has run for this long, in milliseconds. */
const SLOW_MS = 100;

interface Running<T> {
  readonly partition: number;
  readonly over: AbortController;
  executorId: ExecutorId | undefined;
  placedMs: number;
  copy: Promise<T> | undefined;
  readonly answered: PromiseWithResolvers<T>;
}

/** One stage; for a single use. */
export class SpeculativeStage<T> {
  readonly #clock: Clock;
  readonly #run: RunAttempt<T>;
  readonly #running = new Set<Running<T>>();
  readonly #doneMs: number[] = [];
  #count = 0;
  #timer: Timer | undefined;

  constructor(clock: Clock, run: RunAttempt<T>) {
    this.#clock = clock;
    this.#run = run;
  }

  /**
   * The answers in the order of `partitions`. Rejects with the first failure of a task without an answering copy.
   */
  async all(partitions: readonly number[]): Promise<T[]> {
    this.#count = partitions.length;
    try {
      return await Promise.all(partitions.map((partition) => this.#task(partition)));
    } finally {
      this.#timer?.cancel();
      for (const { over } of this.#running) over.abort(new Error('the stage is over'));
    }
  }

  async #task(partition: number): Promise<T> {
    const over = new AbortController();
    const answered = Promise.withResolvers<T>();
    const task: Running<T> = {
      partition,
      over,
      answered,
      executorId: undefined,
      placedMs: 0,
      copy: undefined,
    };
    this.#running.add(task);
    const onPlaced = (executorId: ExecutorId) => {
      task.executorId = executorId;
      task.placedMs = this.#clock.monotonicMs();
      this.#look();
    };
    try {
      const first = this.#run(partition, { avoided: [], onPlaced, signal: over.signal });
      first.then(answered.resolve, (error: unknown) => {
        // The failure of a copy adds nothing to the failure of the first attempt.
        if (task.copy === undefined) answered.reject(error);
        else task.copy.catch(() => answered.reject(error));
      });
      const answer = await answered.promise;
      this.#doneMs.push(this.#clock.monotonicMs() - task.placedMs);
      return answer;
    } finally {
      this.#running.delete(task);
      over.abort(new Error('the task has been answered'));
      this.#look();
    }
  }

  /**
   * Starts copies of tasks that are slow now, and schedules the next check for the next task that could become
   * slow.
   */
  #look(): void {
    this.#timer?.cancel();
    if (this.#doneMs.length === 0 || this.#doneMs.length < this.#count * DONE_SHARE) return;
    const slowMs = Math.max(SLOW_MS, SLOW_FACTOR * median(this.#doneMs));
    let nextMs = Number.POSITIVE_INFINITY;
    for (const task of this.#running) {
      if (task.executorId === undefined || task.copy !== undefined) continue;
      const leftMs = slowMs - (this.#clock.monotonicMs() - task.placedMs);
      if (leftMs <= 0) this.#copy(task, task.executorId);
      else nextMs = Math.min(nextMs, leftMs);
    }
    if (nextMs !== Number.POSITIVE_INFINITY)
      this.#timer = this.#clock.after(Math.ceil(nextMs), () => this.#look());
  }

  #copy(task: Running<T>, slowOn: ExecutorId): void {
    const { signal } = task.over;
    task.copy = this.#run(task.partition, { avoided: [slowOn], onPlaced: () => undefined, signal });
    task.copy.then(task.answered.resolve, () => undefined);
  }
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
