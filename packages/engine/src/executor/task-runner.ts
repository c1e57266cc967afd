// Runs the tasks of one executor. A task message names an RDD; the runner finds the RDD in the environment, which
// the same program has filled here, computes the partition, and answers with a value or with an error: the runner
// never rejects. A `map` task leaves its buckets in the shuffle store of this executor, a `result` task returns the
// result of its action.
import type { Block, Clock, Codec, Epoch, RandomSource, ReceivedBlockInfo, Storage } from '@millrace/core';
import { type CancelTask, type RunTask, serializeError, type TaskOutcome } from '@millrace/core/engine';
import type { Holdings } from '../holdings.ts';
import { unpacked } from '../record-errors/failed-record-error.ts';
import { RECORD_ERRORS_MAX, TaskRecordErrors } from '../record-errors/task-record-errors.ts';
import type { Action } from '../rdd/action.ts';
import { shuffleOf } from '../rdd/lineage.ts';
import { assertBucketsAreData } from '../rdd/no-data.ts';
import { PartitionCache } from '../rdd/partition-cache.ts';
import { computePartition } from '../rdd/compute-partition.ts';
import { partitionRecords } from '../rdd/partition-records.ts';
import type { RDD } from '../rdd/rdd.ts';
import type { RddEnvironment } from '../rdd/rdd-environment.ts';
import { rddError } from '../rdd/rdd-errors.ts';
import { LocalShuffleFetcher, type ShuffleFetcher } from '../rdd/shuffle-fetcher.ts';
import { ShuffleStore } from '../rdd/shuffle-store.ts';
import type { ShuffleWriter } from '../rdd/shuffle-writer.ts';
import { StageLoops } from '../rdd/stage-loops.ts';
import { placeOf } from '../rdd/step-guard.ts';
import type { TaskContext } from '../rdd/rdd-node.ts';

/** Options of the task runner. */
export interface TaskRunnerOptions {
  readonly environment: RddEnvironment;
  readonly codec: Codec;
  readonly storage: Storage;
  readonly clock: Clock;
  readonly random: RandomSource;
  /** Reads a received block; undefined when the block is lost. The signal is aborted when the executor ends. */
  readonly readBlock: (info: ReceivedBlockInfo, signal: AbortSignal) => Promise<Block | undefined>;
  /** Called after about a thousand records: lets the event loop turn, or returns undefined to go on at once. */
  readonly yield: () => Promise<void> | undefined;
  /** Finds an action that was not registered in this process, by its portable name. Default: none is known. */
  readonly findAction?: (
    request: RunTask,
    rdd: RDD<unknown>,
  ) => Action<unknown, unknown, unknown> | undefined;
  /** Builds the RDDs of a task's batch when they are missing here. Default: none. */
  readonly resolve?: (request: RunTask) => void | Promise<void>;
  /** Whether tasks in another memory fetch the output of map tasks: then records must be data. Default false. */
  readonly outputsLeave?: boolean;
  /** The store of this executor's shuffle outputs. Default: a store of its own. */
  readonly shuffleStore?: ShuffleStore;
  /** The source of buckets. Default: the store of this executor. */
  readonly fetcher?: ShuffleFetcher;
  /** The largest number of records that a task may leave out; see `maxRecordErrorsPerBatch`. Default 10,000. */
  readonly maxRecordErrors?: number | undefined;
  /** The bound of the partition cache in records; default that of `PartitionCache`. */
  readonly maxCachedRecords?: number;
  /**
   * The caches of all executors in this memory, which tasks read as well. The cache of this executor is among them until
   * `close`. Default: only that cache.
   */
  readonly caches?: Set<PartitionCache>;
}

/** Options that differ for one task. */
export type TaskOverrides = Partial<Pick<TaskContext, 'fetcher' | 'elsewhere'>>;

interface RunningTask {
  readonly epoch: Epoch;
  readonly runId: number | undefined;
  readonly over: AbortController;
}

/** The tasks of one executor. */
export class TaskRunner {
  readonly #options: TaskRunnerOptions;
  readonly #context: Omit<TaskContext, 'recordErrors'>;
  readonly #shuffles: ShuffleStore;
  readonly #closing = new AbortController();
  readonly #detach: () => void;
  readonly #running = new Set<RunningTask>();
  #completed = 0;

  constructor(options: TaskRunnerOptions) {
    const { environment, codec, storage, clock, random, readBlock, maxCachedRecords } = options;
    const { caches = new Set() } = options;
    const cache = new PartitionCache({
      ...(maxCachedRecords === undefined ? {} : { maxRecords: maxCachedRecords }),
      canRecompute: (rddId) => environment.find(rddId)?.mustStayCached !== true,
      neighbours: caches,
    });
    caches.add(cache);
    this.#options = options;
    this.#shuffles = options.shuffleStore ?? new ShuffleStore();
    this.#context = {
      signal: this.#closing.signal,
      codec,
      storage,
      clock,
      random,
      cache,
      fetcher: options.fetcher ?? new LocalShuffleFetcher([this.#shuffles]),
      loops: new StageLoops(),
      nesting: { depth: 0 },
      calls: { underWay: 0 },
      readBlock: (info) => readBlock(info, this.#closing.signal),
      yield: options.yield,
    };
    const detach = environment.attach({
      forget: (rddIds) => {
        cache.forget(rddIds);
        this.#shuffles.forget(rddIds);
      },
      unpersist: (rddIds) => cache.unpersist(rddIds),
    });
    this.#detach = () => {
      detach();
      caches.delete(cache);
    };
  }

  /** Number of records that this executor holds for RDDs. */
  get heldRecords(): { readonly cached: number; readonly shuffled: number } {
    return { cached: this.#context.cache.recordCount, shuffled: this.#shuffles.recordCount };
  }

  /** Amounts in use, see `Holdings`. */
  get holdings(): Holdings {
    const { cached, shuffled } = this.heldRecords;
    return {
      underWay: {
        'tasks.running': this.#running.size,
        'tasks.computing': this.#context.cache.computingCount,
        'tasks.calls': this.#context.calls.underWay,
      },
      kept: { 'tasks.cachedRecords': cached, 'tasks.shuffledRecords': shuffled },
    };
  }

  /**
   * Runs a task with its own options. Running the task again is harmless, apart from side effects of the program's
   * functions.
   */
  async run(request: RunTask, own: TaskOverrides = {}): Promise<TaskOutcome> {
    const { environment, codec, maxRecordErrors = RECORD_ERRORS_MAX } = this.#options;
    const recordErrors = new TaskRecordErrors({ codec, maxRecordErrors });
    const task = { epoch: request.epoch, runId: request.runId, over: new AbortController() };
    const context: TaskContext = { ...this.#context, ...own, recordErrors, signal: task.over.signal };
    this.#running.add(task);
    try {
      const value = await environment.inTask(() => this.#run(request, context));
      const { reports } = recordErrors;
      return reports.length === 0 ? { ok: true, value } : { ok: true, value, recordErrors: reports };
    } catch (thrown) {
      const { error, failedRecord } = unpacked(thrown);
      const outcome = { ok: false, error: serializeError(error) } as const;
      return failedRecord === undefined ? outcome : { ...outcome, failedRecord };
    } finally {
      this.#running.delete(task);
      this.#completed += 1;
    }
  }

  /** The tasks that run now, and those that have ended, with any outcome. */
  get counts(): { readonly running: number; readonly completed: number } {
    return { running: this.#running.size, completed: this.#completed };
  }

  /** Ends a running task at its next slice; its answer is then a failure. Without effect for an unknown task. */
  cancel({ epoch, runId }: CancelTask): void {
    for (const task of this.#running) {
      if (task.epoch !== epoch || task.runId !== runId) continue;
      task.over.abort(rddError('MR_RDD_TASK_CANCELLED', 'the job of this task is over'));
    }
  }

  /**
   * Ends running tasks at their next slice, and drops everything. No call has any effect afterwards. May be
   * repeated.
   */
  close(): void {
    const reason = new Error('the executor is closing');
    this.#closing.abort(reason);
    for (const { over } of this.#running) over.abort(reason);
    this.#detach();
    this.#context.cache.clear();
    this.#shuffles.clear();
  }

  async #run(request: RunTask, context: TaskContext): Promise<unknown> {
    this.#closing.signal.throwIfAborted();
    const { rddId, partition, kind } = request.task;
    const { environment, resolve } = this.#options;
    if (environment.find(rddId) === undefined) await resolve?.(request);
    const rdd = environment.find(rddId);
    if (rdd === undefined) throw unknown(`rdd ${rddId}`, request);
    return kind === 'map' ? this.#runMap(rdd, partition, context) : this.#runResult(rdd, request, context);
  }

  async #runMap(shuffled: RDD<unknown>, partition: number, context: TaskContext): Promise<undefined> {
    const shuffle = shuffleOf(shuffled);
    if (shuffle === undefined) throw new TypeError(`rdd ${shuffled.id} has no shuffle to write for`);
    // The operator that made the writer knows the type of the parent's records.
    const writer = shuffle.createWriter(partition) as ShuffleWriter<unknown>;
    const errors = context.recordErrors.begin();
    const place = { ...placeOf(shuffled, partition), partitions: shuffle.rdd.partitionCount };
    writer.onRefused = (record, error) => errors.leaveOut(place, record, error);
    await computePartition(shuffle.rdd, partition, context, writer);
    errors.end();
    // The RDD was forgotten during the computation: no task will read the output, and no call would ever drop it.
    const isKnown = this.#options.environment.find(shuffled.id) === shuffled;
    if (!isKnown) return undefined;
    const buckets = writer.end();
    if (this.#options.outputsLeave === true) assertBucketsAreData(context.codec, buckets, shuffled.id);
    this.#shuffles.put(shuffled.id, partition, buckets);
    return undefined;
  }

  async #runResult(rdd: RDD<unknown>, request: RunTask, context: TaskContext): Promise<unknown> {
    const { partition, action: name = '' } = request.task;
    const action = this.#findAction(rdd, name, request);
    if (action === undefined) throw unknown(`action ${name} on rdd ${rdd.id}`, request);
    return action.runPartition(partitionRecords(rdd, partition, context), partition, request.epoch);
  }

  #findAction(rdd: RDD<unknown>, name: string, request: RunTask) {
    const { environment, findAction } = this.#options;
    return environment.findAction(rdd.id, name) ?? findAction?.(request, rdd);
  }
}

function unknown(what: string, { task }: RunTask): Error {
  return rddError(
    'MR_RDD_UNKNOWN',
    `${what} is unknown on this executor; the RDD was forgotten, or the program differs`,
    {
      details: { ...task },
    },
  );
}
