// Runs jobs on the driver. A job is cut into stages at the shuffles before its RDD. Map stages with missing outputs
// run first, each after the shuffles that its tasks read; then one result task runs for each requested partition.
//
//   run(rdd, action) ──► map stages that are missing ──► result tasks ──► merge(answers)
//
// Every task can be sent again: a failed task is retried on another executor, and a job that finds outputs missing
// reruns their map tasks. The driver's records of an RDD end with `forget`.
import type { BatchTime, Epoch, ExecutorBackend, ExecutorDescription, ExecutorId } from '@millrace/core';
import type { BatchInput, RecordErrors, ShuffleLocations } from '@millrace/core/engine';
import type { Holdings } from '../holdings.ts';
import { CacheLocations } from './cache-locations.ts';
import { DRIVER_ID } from './driver-tasks.ts';
import { type RunningJob, overWith, untilCancelled } from './running-job.ts';
import { TaskSlots } from './task-slots.ts';
import type { JobIdentity, JobRequest, JobRunner } from '../rdd/job-runner.ts';
import { shuffleOf, shufflesBefore } from '../rdd/lineage.ts';
import { MapOutputs } from './map-outputs.ts';
import type { RddNode } from '../rdd/rdd-node.ts';
import type { RemoteExecution } from './remote-execution.ts';
import { SpeculativeStage, type AttemptOptions } from './speculation.ts';
import { runTask, type TaskAnswer } from './run-task.ts';
import {
  actionOf,
  type ActionName,
  COLLECT,
  mayRunTwice,
  type StageWork,
  stageOf,
  type Task,
} from './stage.ts';
import { TaskPlaces } from './task-places.ts';

/** Collaborators and settings of the scheduler. */
export interface DagSchedulerDeps {
  /** Sends requests to executors. */
  readonly backend: Pick<ExecutorBackend, 'ask' | 'executors'>;
  /** Executors that get new tasks. Default: all that are alive. */
  readonly placeable?: () => readonly ExecutorDescription[];
  /** Epoch of this driver. */
  readonly epoch: Epoch;
  /** The inputs that an executor needs to build the RDDs of a batch; called once per job. */
  readonly inputsFor: (batchTime: BatchTime) => readonly BatchInput[];
  /**
   * Called with the records that a task of a job has left out, before the task counts as done. Default: ignored.
   *
   * @throws `MR_RECORD_ERRORS_TOO_MANY`.
   */
  readonly onRecordErrors?: (job: JobIdentity, reports: readonly RecordErrors[]) => void;
  /** Present when executors do not share this process's memory. Default: they do. */
  readonly remote?: RemoteExecution;
}

/** The shipped `JobRunner`. */
export class DagScheduler implements JobRunner {
  readonly #deps: DagSchedulerDeps;
  readonly #slots: TaskSlots;
  readonly #outputs = new MapOutputs();
  readonly #cached = new CacheLocations();
  readonly #places: TaskPlaces;
  /** Running map stages, so that two jobs do not run the same tasks at once. */
  readonly #stages = new Map<string, Promise<void>>();
  #runs = 0;

  constructor(deps: DagSchedulerDeps) {
    this.#deps = deps;
    const { remote, backend } = deps;
    const patience = remote && {
      clock: remote.clock,
      waitMs: remote.executorWaitMs,
      localityWaitMs: remote.localityWaitMs,
    };
    this.#slots = new TaskSlots(deps.placeable ?? (() => backend.executors()), patience);
    this.#places = new TaskPlaces({
      backend,
      remote,
      slots: this.#slots,
      shufflesFor: (task) => this.#shufflesFor(task),
      readPartition: (rdd, partition, job) => this.#readPartition(rdd, partition, job),
    });
  }

  /** Must be called when executors have come or gone: tasks may wait for one. */
  executorsChanged(): void {
    this.#slots.executorsChanged();
  }

  /** True when an executor runs no task. */
  isIdle(executorId: ExecutorId): boolean {
    return this.#slots.isIdle(executorId);
  }

  /** Amounts in use, see `Holdings`. */
  get holdings(): Holdings {
    return {
      underWay: {
        'jobs.runningTasks': this.#slots.runningCount,
        'jobs.waitingTasks': this.#slots.waitingCount,
        'jobs.stages': this.#stages.size,
      },
      kept: {
        'jobs.mapOutputs': this.#outputs.outputCount,
        'jobs.cachedPartitions': this.#cached.partitionCount,
      },
    };
  }

  /** Whether an executor has the only copy of a partition that no other executor could compute. */
  hasSoleCopy(executorId: ExecutorId): boolean {
    return this.#isRemote && this.#cached.hasSoleCopy(executorId);
  }

  /**
   * See `JobRunner.run`. Rejects with `MR_RDD_TASK_FAILED`, `MR_RDD_JOB_CANCELLED`, or an error that must stop the
   * engine.
   */
  async run<T, P, R>(request: JobRequest<T, P, R>): Promise<R> {
    const { rdd, action, actionName, job: identity, partitions } = request;
    const job: RunningJob = {
      identity,
      inputs: identity.outputOperation < 0 ? [] : this.#deps.inputsFor(identity.batchTime),
      maxFailures: rdd.environment.maxTaskFailures,
      maxLosses: rdd.environment.maxTaskLosses,
      over: new AbortController(),
    };
    try {
      const { portableName } = action;
      const answers = this.#answers(rdd, { name: actionName, portableName }, partitions, job);
      return action.merge((await untilCancelled(answers, identity)) as P[]);
    } catch (error) {
      // Only failed jobs are aborted: no task of a successful job waits or runs any more, and an abort without effect
      // costs time, too.
      job.over.abort(error);
      throw error;
    }
  }

  /** See `JobRunner.forget`. */
  forget(rddIds: readonly string[]): void {
    this.#outputs.forget(rddIds);
    this.#cached.forget(rddIds);
  }

  async #answers(
    rdd: RddNode<unknown>,
    action: ActionName,
    partitions: readonly number[],
    job: RunningJob,
  ): Promise<unknown[]> {
    await this.#writeShuffles(rdd, job);
    const answers = await this.#runStage({ rdd, kind: 'result', action }, partitions, job);
    return answers.map(({ value }) => value);
  }

  /** Runs the map tasks with missing outputs that a job on this RDD will read. */
  async #writeShuffles(
    rdd: RddNode<unknown>,
    job: RunningJob,
    options = { trustsCaches: true },
  ): Promise<void> {
    const isComplete = (shuffled: RddNode<unknown>) => this.#missing(shuffled).length === 0;
    const isCached = (cached: RddNode<unknown>) =>
      options.trustsCaches && this.#isRemote && this.#cached.hasAll(cached, this.#alive());
    for (const shuffled of shufflesBefore(rdd, { isComplete, isCached }))
      await this.#writeShuffle(shuffled, job);
  }

  async #writeShuffle(shuffled: RddNode<unknown>, job: RunningJob): Promise<void> {
    for (
      let other = this.#stages.get(shuffled.id);
      other !== undefined;
      other = this.#stages.get(shuffled.id)
    ) {
      // A failure is reported by the job of that stage; this job then runs the missing tasks for itself.
      await other.catch(() => undefined);
    }
    const missing = this.#missing(shuffled);
    if (missing.length === 0) return;
    const stage = this.#runMapTasks(shuffled, missing, job).finally(() => this.#stages.delete(shuffled.id));
    this.#stages.set(shuffled.id, stage);
    await stage;
  }

  async #runMapTasks(
    shuffled: RddNode<unknown>,
    partitions: readonly number[],
    job: RunningJob,
  ): Promise<void> {
    const note = ({ partition, executorId }: TaskAnswer & { readonly partition: number }) => {
      // The RDD was forgotten while the task ran, so the output needs no record.
      if (shuffled.environment.find(shuffled.id) !== shuffled) return;
      this.#outputs.add(shuffled.id, partition, executorId);
    };
    await this.#runStage({ rdd: shuffled, kind: 'map' }, partitions, job, note);
  }

  /** Runs the tasks of a stage; calls `note` with each answer on arrival. */
  #runStage(
    work: StageWork,
    partitions: readonly number[],
    job: RunningJob,
    note: (answer: TaskAnswer & { readonly partition: number }) => void = () => undefined,
  ): Promise<TaskAnswer[]> {
    const stage = stageOf(work, { isRemote: this.#isRemote });
    const run = async (partition: number, attempt: Partial<AttemptOptions> = {}) => {
      const answer = await this.#runTask({ ...stage, partition }, job, attempt);
      note({ ...answer, partition });
      return answer;
    };
    const { remote } = this.#deps;
    if (remote?.speculation !== true || partitions.length < 2 || !mayRunTwice(stage))
      return Promise.all(partitions.map((partition) => run(partition)));
    return new SpeculativeStage<TaskAnswer>(remote.clock, run).all(partitions);
  }

  get #isRemote(): boolean {
    return this.#deps.remote !== undefined;
  }

  #missing(shuffled: RddNode<unknown>): number[] {
    const mapPartitions = shuffleOf(shuffled)?.rdd.partitionCount ?? 0;
    return this.#outputs.missing(shuffled.id, mapPartitions, this.#alive());
  }

  #alive(): ReadonlySet<ExecutorId> {
    const alive = new Set<ExecutorId>([DRIVER_ID]);
    for (const { executorId } of this.#deps.backend.executors()) alive.add(executorId);
    return alive;
  }

  async #runTask(task: Task, job: RunningJob, attempt: Partial<AttemptOptions> = {}): Promise<TaskAnswer> {
    const computed = { rdd: task.computed, partition: task.partition };
    const place = this.#places.placeOf(task, job);
    const { rdd, partition, kind } = task;
    const answer = await runTask({
      rdd,
      partition,
      kind,
      ...job,
      ...place,
      ...actionOf(task, place.isRemote),
      ...attempt,
      ...(attempt.signal === undefined ? {} : { over: overWith(job.over, attempt.signal) }),
      preferred: place.isDriver ? [] : this.#cached.preferredExecutors(computed),
      stays: task.stays,
      epoch: this.#deps.epoch,
      nextRunId: () => (this.#runs += 1),
      onRecordErrors: (reports) => this.#deps.onRecordErrors?.(job.identity, reports),
      onOutputMissing: async (shuffleId, mapPartition) => {
        this.#outputs.remove(shuffleId, mapPartition);
        await this.#writeShuffles(computed.rdd, job, { trustsCaches: false });
      },
    });
    if (!place.isDriver) this.#cached.note(computed, answer.executorId);
    return answer;
  }

  async #readPartition(
    rdd: RddNode<unknown>,
    partition: number,
    job: RunningJob,
  ): Promise<readonly unknown[]> {
    const stage = stageOf({ rdd, kind: 'result', action: COLLECT }, { isRemote: this.#isRemote });
    const answer = await this.#runTask({ ...stage, partition }, job);
    return answer.value as readonly unknown[];
  }

  #shufflesFor(task: Task): ShuffleLocations[] {
    return task.reads.map((shuffled) => {
      const mapPartitions = shuffleOf(shuffled)?.rdd.partitionCount ?? 0;
      return { shuffleId: shuffled.id, executors: this.#outputs.locations(shuffled.id, mapPartitions) };
    });
  }
}
