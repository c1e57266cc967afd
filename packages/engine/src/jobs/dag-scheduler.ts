// Runs jobs on the driver. A job is cut into stages at the shuffles before its RDD. Map stages with missing outputs
// run first, each after the shuffles that its tasks read; then one result task runs for each requested partition.
//
//   run(rdd, action) ──► map stages that are missing ──► result tasks ──► merge(answers)
//
// Every task can be sent again: a failed task is retried on another executor, and a job that finds outputs missing
// reruns their map tasks. The driver's records of an RDD end with `forget`.
import type { BatchTime, Epoch, ExecutorBackend, ExecutorDescription, ExecutorId } from '@millrace/core';
import type { BatchInput, ShuffleLocations } from '@millrace/core/engine';
import type { Holdings } from '../holdings.ts';
import { CacheLocations } from './cache-locations.ts';
import { DRIVER_ID, DriverTasks } from './driver-tasks.ts';
import { TaskSlots } from './task-slots.ts';
import type { JobIdentity, JobRequest, JobRunner } from '../rdd/job-runner.ts';
import { narrowAncestors, shuffleOf, shufflesBefore, shufflesReadBy } from '../rdd/lineage.ts';
import { MapOutputs } from './map-outputs.ts';
import type { RDD } from '../rdd/rdd.ts';
import type { RemoteExecution } from './remote-execution.ts';
import { OUTPUT_ACTION } from '../rdd/named-actions.ts';
import { rddError } from '../rdd/rdd-errors.ts';
import { SpeculativeStage, type AttemptOptions } from './speculation.ts';
import { runTask, type TaskAnswer, type TaskRun } from './run-task.ts';

/** Collaborators and settings of the scheduler. */
export interface RddJobRunnerOptions {
  /** Sends requests to executors. */
  readonly backend: Pick<ExecutorBackend, 'ask' | 'executors'>;
  /** Executors that get new tasks. Default: all that are alive. */
  readonly placeable?: () => readonly ExecutorDescription[];
  /** Epoch of this driver. */
  readonly epoch: Epoch;
  /** The inputs that an executor needs to build the RDDs of a batch; called once per job. */
  readonly inputsFor: (batchTime: BatchTime) => readonly BatchInput[];
  /** Present when executors do not share this process's memory. Default: they do. */
  readonly remote?: RemoteExecution;
}

/** A running job. */
interface JobRun {
  readonly identity: JobIdentity;
  readonly inputs: readonly BatchInput[];
  readonly maxFailures: number;
  readonly maxLosses: number;
  /** Aborted when the job fails or is cancelled, so tasks that wait for an executor end. */
  readonly over: AbortController;
}

/** The shipped `JobRunner`. */
export class DagScheduler implements JobRunner {
  readonly #options: RddJobRunnerOptions;
  readonly #slots: TaskSlots;
  readonly #outputs = new MapOutputs();
  readonly #cached = new CacheLocations();
  readonly #driverTasks: DriverTasks | undefined;
  /** Running map stages, so that two jobs do not run the same tasks at once. */
  readonly #stages = new Map<string, Promise<void>>();

  constructor(options: RddJobRunnerOptions) {
    this.#options = options;
    const { remote, backend } = options;
    const patience = remote && {
      clock: remote.clock,
      waitMs: remote.executorWaitMs,
      localityWaitMs: remote.localityWaitMs,
    };
    this.#slots = new TaskSlots(options.placeable ?? (() => backend.executors()), patience);
    this.#driverTasks = remote && new DriverTasks(remote.driverRunner);
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
    return this.#options.remote !== undefined && this.#cached.hasSoleCopy(executorId);
  }

  /**
   * See `JobRunner.run`. Rejects with `MR_RDD_TASK_FAILED`, `MR_RDD_JOB_CANCELLED`, or an error that must stop the
   * engine.
   */
  async run<T, P, R>(request: JobRequest<T, P, R>): Promise<R> {
    const { rdd, action, actionName, job: identity, partitions } = request;
    const job: JobRun = {
      identity,
      inputs: identity.outputOperation < 0 ? [] : this.#options.inputsFor(identity.batchTime),
      maxFailures: rdd.environment.maxTaskFailures,
      maxLosses: rdd.environment.maxTaskLosses,
      over: new AbortController(),
    };
    try {
      const { portableName } = action;
      const answers = this.#answers(rdd, { name: actionName, portableName }, partitions, job);
      return action.merge((await untilCancelled(answers, identity)) as P[]);
    } catch (error) {
      // Only failed jobs are aborted: no task of a successful job waits any more, and an abort without effect costs
      // time, too.
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
    rdd: RDD<unknown>,
    action: ActionName,
    partitions: readonly number[],
    job: JobRun,
  ): Promise<unknown[]> {
    await this.#writeShuffles(rdd, job);
    const answers = await this.#runStage({ rdd, kind: 'result', action }, partitions, job);
    return answers.map(({ value }) => value);
  }

  /** Runs the map tasks with missing outputs that a job on this RDD will read. */
  async #writeShuffles(rdd: RDD<unknown>, job: JobRun, options = { trustsCaches: true }): Promise<void> {
    const isComplete = (shuffled: RDD<unknown>) => this.#missing(shuffled).length === 0;
    const isCached = (cached: RDD<unknown>) =>
      options.trustsCaches && this.#driverTasks !== undefined && this.#cached.hasAll(cached, this.#alive());
    for (const shuffled of shufflesBefore(rdd, { isComplete, isCached }))
      await this.#writeShuffle(shuffled, job);
  }

  async #writeShuffle(shuffled: RDD<unknown>, job: JobRun): Promise<void> {
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

  async #runMapTasks(shuffled: RDD<unknown>, partitions: readonly number[], job: JobRun): Promise<void> {
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
    job: JobRun,
    note: (answer: TaskAnswer & { readonly partition: number }) => void = () => undefined,
  ): Promise<TaskAnswer[]> {
    const stage = this.#stageOf(work);
    const run = async (partition: number, attempt: Partial<AttemptOptions> = {}) => {
      const answer = await this.#runTask({ ...stage, partition }, job, attempt);
      note({ ...answer, partition });
      return answer;
    };
    const { remote } = this.#options;
    if (remote?.speculation !== true || partitions.length < 2 || !mayRunTwice(stage))
      return Promise.all(partitions.map((partition) => run(partition)));
    return new SpeculativeStage<TaskAnswer>(remote.clock, run).all(partitions);
  }

  /**
   * Walks to the sources once per stage, not once per task: a union of a thousand streams has a thousand tasks,
   * too.
   */
  #stageOf(work: StageWork): Stage {
    const computed = computedBy(work);
    const reads = this.#options.remote === undefined ? [] : shufflesReadBy(computed);
    return { ...work, computed, stays: staysAt(computed), reads };
  }

  #missing(shuffled: RDD<unknown>): number[] {
    const mapPartitions = shuffleOf(shuffled)?.rdd.partitionCount ?? 0;
    return this.#outputs.missing(shuffled.id, mapPartitions, this.#alive());
  }

  #alive(): ReadonlySet<ExecutorId> {
    const alive = new Set<ExecutorId>([DRIVER_ID]);
    for (const { executorId } of this.#options.backend.executors()) alive.add(executorId);
    return alive;
  }

  async #runTask(task: Task, job: JobRun, attempt: Partial<AttemptOptions> = {}): Promise<TaskAnswer> {
    const computed = { rdd: task.computed, partition: task.partition };
    const place = this.#placeOf(task, job);
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
      epoch: this.#options.epoch,
      onOutputMissing: async (shuffleId, mapPartition) => {
        this.#outputs.remove(shuffleId, mapPartition);
        await this.#writeShuffles(computed.rdd, job, { trustsCaches: false });
      },
    });
    if (!place.isDriver) this.#cached.note(computed, answer.executorId);
    return answer;
  }

  /** The preferred executors of a task, and the message for the chosen executor. */
  #placeOf(task: Task, job: JobRun): Place {
    const { backend, remote } = this.#options;
    const local = { isDriver: false, isRemote: false, messageFor: () => ({ inputs: job.inputs }) };
    if (remote === undefined || this.#driverTasks === undefined)
      return { ...local, backend, slots: this.#slots };
    const isNamed = task.kind === 'map' || task.action?.portableName !== undefined;
    if (!isNamed || !task.rdd.environment.isOfProgram(task.rdd)) {
      const read = (rdd: RDD<unknown>, partition: number) => this.#readPartition(rdd, partition, job);
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
      slots: this.#slots,
      messageFor: (executorId) => ({
        ...remote.messageFor(executorId, job.identity.batchTime),
        shuffles: this.#shufflesFor(task),
      }),
      onAnswer: (executorId, message) => remote.delivered(executorId, message),
      decode: (value) => remote.decode(value),
    };
  }

  async #readPartition(rdd: RDD<unknown>, partition: number, job: JobRun): Promise<readonly unknown[]> {
    const stage = this.#stageOf({ rdd, kind: 'result', action: COLLECT });
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

/** The work that the tasks of a stage share. */
type StageWork = Pick<TaskRun, 'rdd' | 'kind'> & { readonly action?: ActionName };

/** The work with its derived properties, equal for all tasks of the stage. */
type Stage = StageWork & {
  /**
   * The RDD to compute. A map task is named after the RDD behind the shuffle, and computes the RDD before the
   * shuffle.
   */
  readonly computed: RDD<unknown>;
  /** Whether the stage computes or reads partitions that stay on one executor from batch to batch. */
  readonly stays: boolean;
  /** The shuffled RDDs with outputs to read; none when tasks share the driver's memory. */
  readonly reads: readonly RDD<unknown>[];
};

type Task = Stage & Pick<TaskRun, 'partition'>;

/** Names of an action: on the driver, and in every copy of the program if the action is portable. */
interface ActionName {
  readonly name: string;
  readonly portableName: string | undefined;
}

type Place = Pick<TaskRun, 'backend' | 'slots' | 'messageFor' | 'onAnswer' | 'decode'> & {
  readonly isDriver: boolean;
  readonly isRemote: boolean;
};

const COLLECT: ActionName = { name: 'collect', portableName: 'collect' };

function actionOf({ action }: Task, isRemote: boolean): { readonly action?: string } {
  if (action === undefined) return {};
  return { action: isRemote ? (action.portableName ?? action.name) : action.name };
}

function computedBy({ kind, rdd }: StageWork): RDD<unknown> {
  return kind === 'map' ? (shuffleOf(rdd)?.rdd ?? rdd) : rdd;
}

/** Whether a second attempt beside the first is harmless: outputs must run once, and state has one place. */
function mayRunTwice(stage: Stage): boolean {
  const { action } = stage;
  const isNamed = stage.kind === 'map' || action?.portableName !== undefined;
  return isNamed && action?.portableName !== OUTPUT_ACTION && !stage.stays;
}

function staysAt(rdd: RDD<unknown>): boolean {
  return narrowAncestors(rdd).some(({ isPinned }) => isPinned);
}

/** Aborted with the job, or when this attempt is superseded. A permanent failure of this attempt aborts the job. */
function overWith(job: AbortController, attempt: AbortSignal): AbortController {
  const over = new AbortController();
  const follow = (signal: AbortSignal, options: { readonly signal?: AbortSignal }) => {
    if (signal.aborted) over.abort(signal.reason);
    else signal.addEventListener('abort', () => over.abort(signal.reason), { once: true, ...options });
  };
  follow(attempt, {});
  // An attempt ends with its task, long before the job; its listener is removed with the attempt.
  follow(job.signal, { signal: attempt });
  return over;
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
    `the job of output operation ${outputOperation} of batch ${batchTime} was cancelled before its end`,
    { details: { batchTime, outputOperation }, cause: signal?.reason },
  );
}
