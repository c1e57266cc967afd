// Runs jobs on the driver. A job is cut into stages at the shuffles before its RDD: first the map tasks of those whose
// outputs are not there, each shuffle after those that it needs, then one result task for each partition asked.
//
//   run(rdd, action) ──► map stages that are missing ──► result tasks ──► merge(answers)
//
// Everything that is sent can be sent again: a task that fails is tried elsewhere, and a job that finds outputs gone
// has their map tasks run again. What the driver remembers ends with the RDDs: `forget`.
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
import type { RemoteExecution } from './remote-tasks.ts';
import { OUTPUT_ACTION } from '../rdd/named-actions.ts';
import { rddError } from '../rdd/rdd-errors.ts';
import { SpeculativeStage, type AttemptOptions } from './speculation.ts';
import { runTask, type TaskAnswer, type TaskRun } from './run-task.ts';

/** What the runner needs. */
export interface RddJobRunnerOptions {
  /** Reaches the executors. */
  readonly backend: Pick<ExecutorBackend, 'ask' | 'executors'>;
  /** Executors that get new tasks. Default: all that are alive. */
  readonly placeable?: () => readonly ExecutorDescription[];
  /** Which driver is speaking. */
  readonly epoch: Epoch;
  /** The inputs that an executor needs to build the RDDs of a batch; asked once a job. */
  readonly inputsFor: (batchTime: BatchTime) => readonly BatchInput[];
  /** Present when executors do not share this process's memory. Default: they do. */
  readonly remote?: RemoteExecution;
}

/** A job while it runs. */
interface Job {
  readonly identity: JobIdentity;
  readonly inputs: readonly BatchInput[];
  readonly maxFailures: number;
  readonly maxLosses: number;
  /** Aborted when the job fails or is called off: what still waits for an executor ends. */
  readonly over: AbortController;
}

/** The shipped `JobRunner`. */
export class DagScheduler implements JobRunner {
  readonly #options: RddJobRunnerOptions;
  readonly #slots: TaskSlots;
  readonly #outputs = new MapOutputs();
  readonly #cached = new CacheLocations();
  readonly #driverTasks: DriverTasks | undefined;
  /** Map stages at work, so that two jobs do not run the same tasks at once. */
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

  /** To be called when executors have come or gone: tasks may wait for one. */
  executorsChanged(): void {
    this.#slots.executorsChanged();
  }

  /** Whether an executor runs no task. */
  isIdle(executorId: ExecutorId): boolean {
    return this.#slots.isIdle(executorId);
  }

  /** Its amounts, see `Holdings`. */
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

  /** Whether an executor has something in its own memory that could not be computed elsewhere. */
  hasSoleCopy(executorId: ExecutorId): boolean {
    return this.#options.remote !== undefined && this.#cached.hasSoleCopy(executorId);
  }

  /** See `JobRunner.run`. Rejects with `MR_RDD_TASK_FAILED`, `MR_RDD_JOB_CANCELLED`, or what must stop the engine. */
  async run<T, P, R>(request: JobRequest<T, P, R>): Promise<R> {
    const { rdd, action, actionName, job: identity, partitions } = request;
    const job: Job = {
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
      // Only now: of a job that has succeeded nothing waits any more, and ending nothing has its price, too.
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
    job: Job,
  ): Promise<unknown[]> {
    await this.#writeShuffles(rdd, job);
    const answers = await this.#runStage({ rdd, kind: 'result', action }, partitions, job);
    return answers.map(({ value }) => value);
  }

  /** Runs the map tasks whose outputs a job on this RDD will read and nobody has. */
  async #writeShuffles(rdd: RDD<unknown>, job: Job, options = { trustsCaches: true }): Promise<void> {
    const isComplete = (shuffled: RDD<unknown>) => this.#missing(shuffled).length === 0;
    const isCached = (cached: RDD<unknown>) =>
      options.trustsCaches && this.#driverTasks !== undefined && this.#cached.hasAll(cached, this.#alive());
    for (const shuffled of shufflesBefore(rdd, { isComplete, isCached }))
      await this.#writeShuffle(shuffled, job);
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
    const note = ({ partition, executorId }: TaskAnswer & { readonly partition: number }) => {
      // Forgotten while it ran: there is nothing left to remember.
      if (shuffled.environment.find(shuffled.id) !== shuffled) return;
      this.#outputs.add(shuffled.id, partition, executorId);
    };
    await this.#runStage({ rdd: shuffled, kind: 'map' }, partitions, job, note);
  }

  /** Runs the tasks of a stage; `note` is told each answer as it comes. */
  #runStage(
    work: StageWork,
    partitions: readonly number[],
    job: Job,
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

  /** Walks to the sources once, not for each task: a union of a thousand streams has a thousand of those, too. */
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

  async #runTask(task: Task, job: Job, attempt: Partial<AttemptOptions> = {}): Promise<TaskAnswer> {
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

  /** Where a task runs, and what it is told there. */
  #placeOf(task: Task, job: Job): Place {
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

  async #readPartition(rdd: RDD<unknown>, partition: number, job: Job): Promise<readonly unknown[]> {
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

/** What the tasks of a stage do. */
type StageWork = Pick<TaskRun, 'rdd' | 'kind'> & { readonly action?: ActionName };

/** And what follows from it, for all of them alike. */
type Stage = StageWork & {
  /** A map task is named after the RDD behind the shuffle, and computes the one before it. */
  readonly computed: RDD<unknown>;
  /** Whether it computes, or reads, what is kept on one executor from batch to batch. */
  readonly stays: boolean;
  /** The shuffled RDDs whose outputs it reads; none when it runs where they lie. */
  readonly reads: readonly RDD<unknown>[];
};

type Task = Stage & Pick<TaskRun, 'partition'>;

/** How an action is called: here, and in every copy of the program if it has such a name. */
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

/** Whether a second attempt beside the first does no harm: outputs are done once, and state has one place. */
function mayRunTwice(stage: Stage): boolean {
  const { action } = stage;
  const isNamed = stage.kind === 'map' || action?.portableName !== undefined;
  return isNamed && action?.portableName !== OUTPUT_ACTION && !stage.stays;
}

function staysAt(rdd: RDD<unknown>): boolean {
  return narrowAncestors(rdd).some(({ isPinned }) => isPinned);
}

/** Over when the job is, or when this attempt is not needed any more. What ends this attempt for good ends the job. */
function overWith(job: AbortController, attempt: AbortSignal): AbortController {
  const over = new AbortController();
  const follow = (signal: AbortSignal, options: { readonly signal?: AbortSignal }) => {
    if (signal.aborted) over.abort(signal.reason);
    else signal.addEventListener('abort', () => over.abort(signal.reason), { once: true, ...options });
  };
  follow(attempt, {});
  // An attempt ends with its task, long before the job: the listener goes with it.
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
