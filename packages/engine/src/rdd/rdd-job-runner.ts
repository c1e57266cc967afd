// Runs jobs on the driver. A job is cut into stages at the shuffles before its RDD: first the map tasks of those whose
// outputs are not there, each shuffle after those that it needs, then one result task for each partition asked.
//
//   run(rdd, action) ──► map stages that are missing ──► result tasks ──► merge(answers)
//
// Everything that is sent can be sent again: a task that fails is tried elsewhere, and a job that finds outputs gone
// has their map tasks run again. What the driver remembers ends with the RDDs: `forget`.
import type { BatchInput, BatchTime, Epoch, ExecutorBackend } from '@millrace/core';
import { CacheLocations } from './cache-locations.ts';
import { ExecutorSlots } from './executor-slots.ts';
import type { JobIdentity, JobRequest, JobRunner } from './job-runner.ts';
import { shuffleOf, shufflesBefore } from './lineage.ts';
import { MapOutputs } from './map-outputs.ts';
import type { RDD } from './rdd.ts';
import { rddError } from './rdd-errors.ts';
import { runTask, type TaskAnswer, type TaskRun } from './run-task.ts';

/** What the runner needs. */
export interface RddJobRunnerOptions {
  /** Reaches the executors. */
  readonly backend: Pick<ExecutorBackend, 'ask' | 'executors'>;
  /** Which driver is speaking. */
  readonly epoch: Epoch;
  /** The inputs that an executor needs to build the RDDs of a batch; asked once a job. */
  readonly inputsFor: (batchTime: BatchTime) => readonly BatchInput[];
}

/** A job while it runs. */
interface Job {
  readonly identity: JobIdentity;
  readonly inputs: readonly BatchInput[];
  readonly maxFailures: number;
  /** Aborted when the job is over: what still waits for an executor ends. */
  readonly over: AbortController;
}

/** The shipped `JobRunner`. */
export class RddJobRunner implements JobRunner {
  readonly #options: RddJobRunnerOptions;
  readonly #slots: ExecutorSlots;
  readonly #outputs = new MapOutputs();
  readonly #cached = new CacheLocations();
  /** Map stages at work, so that two jobs do not run the same tasks at once. */
  readonly #stages = new Map<string, Promise<void>>();

  constructor(options: RddJobRunnerOptions) {
    this.#options = options;
    this.#slots = new ExecutorSlots(() => options.backend.executors());
  }

  /** See `JobRunner.run`. Rejects with `MR_RDD_TASK_FAILED`, `MR_RDD_JOB_CANCELLED`, or what must stop the engine. */
  async run<T, P, R>(request: JobRequest<T, P, R>): Promise<R> {
    const { rdd, action, actionName, job: identity, partitions } = request;
    const job: Job = {
      identity,
      inputs: identity.outputOperation < 0 ? [] : this.#options.inputsFor(identity.batchTime),
      maxFailures: rdd.environment.maxTaskFailures,
      over: new AbortController(),
    };
    try {
      const answers = this.#answers(rdd, actionName, partitions, job);
      return action.merge((await untilCancelled(answers, identity)) as P[]);
    } finally {
      job.over.abort(cancelled(identity));
    }
  }

  /** See `JobRunner.forget`. */
  forget(rddIds: readonly string[]): void {
    this.#outputs.forget(rddIds);
    this.#cached.forget(rddIds);
  }

  async #answers(
    rdd: RDD<unknown>,
    action: string,
    partitions: readonly number[],
    job: Job,
  ): Promise<unknown[]> {
    await this.#writeShuffles(rdd, job);
    const answer = (partition: number) => this.#runTask({ rdd, partition, kind: 'result', action }, job);
    return Promise.all(partitions.map(async (partition) => (await answer(partition)).value));
  }

  /** Runs the map tasks whose outputs a job on this RDD will read and nobody has. */
  async #writeShuffles(rdd: RDD<unknown>, job: Job): Promise<void> {
    const complete = (shuffled: RDD<unknown>) => this.#missing(shuffled).length === 0;
    for (const shuffled of shufflesBefore(rdd, complete)) await this.#writeShuffle(shuffled, job);
  }

  async #writeShuffle(shuffled: RDD<unknown>, job: Job): Promise<void> {
    for (
      let other = this.#stages.get(shuffled.id);
      other !== undefined;
      other = this.#stages.get(shuffled.id)
    ) {
      // If it fails, its own job says so; this one then runs what is missing for itself.
      await other.catch(() => undefined);
    }
    const missing = this.#missing(shuffled);
    if (missing.length === 0) return;
    const stage = this.#runMapTasks(shuffled, missing, job).finally(() => this.#stages.delete(shuffled.id));
    this.#stages.set(shuffled.id, stage);
    await stage;
  }

  async #runMapTasks(shuffled: RDD<unknown>, partitions: readonly number[], job: Job): Promise<void> {
    await Promise.all(
      partitions.map(async (partition) => {
        const { executorId } = await this.#runTask({ rdd: shuffled, partition, kind: 'map' }, job);
        // Forgotten while it ran: there is nothing left to remember.
        if (shuffled.environment.find(shuffled.id) !== shuffled) return;
        this.#outputs.add(shuffled.id, partition, executorId);
      }),
    );
  }

  #missing(shuffled: RDD<unknown>): number[] {
    const mapPartitions = shuffleOf(shuffled)?.rdd.partitionCount ?? 0;
    const alive = new Set(this.#options.backend.executors().map(({ executorId }) => executorId));
    return this.#outputs.missing(shuffled.id, mapPartitions, alive);
  }

  async #runTask(task: Task, job: Job): Promise<TaskAnswer> {
    const computed = { rdd: computedBy(task), partition: task.partition };
    const answer = await runTask({
      ...task,
      ...job,
      preferred: this.#cached.preferredExecutors(computed),
      backend: this.#options.backend,
      epoch: this.#options.epoch,
      slots: this.#slots,
      onOutputMissing: async (shuffleId, mapPartition) => {
        this.#outputs.remove(shuffleId, mapPartition);
        await this.#writeShuffles(computed.rdd, job);
      },
    });
    this.#cached.note(computed, answer.executorId);
    return answer;
  }
}

type Task = Pick<TaskRun, 'rdd' | 'partition' | 'kind' | 'action'>;

/** A map task is named after the RDD behind the shuffle, and computes the one before it. */
function computedBy({ kind, rdd }: Task): RDD<unknown> {
  return kind === 'map' ? (shuffleOf(rdd)?.rdd ?? rdd) : rdd;
}

async function untilCancelled<T>(work: Promise<T>, job: JobIdentity): Promise<T> {
  const { signal } = job;
  if (signal === undefined) return work;
  let onAbort = () => {};
  const abort = new Promise<never>((_, reject) => {
    onAbort = () => reject(cancelled(job));
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    return await Promise.race([work, abort]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

function cancelled({ batchTime, outputOperation, signal }: JobIdentity): Error {
  return rddError(
    'MR_RDD_JOB_CANCELLED',
    `the job of output operation ${outputOperation} of batch ${batchTime} was called off before it ended`,
    { details: { batchTime, outputOperation }, cause: signal?.reason },
  );
}
