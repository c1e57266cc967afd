// A driver with executors in one process, for tests of RDDs: the real environment, job runner and task runners, and
// a backend of a few lines in between that records every task and can be told to fail.
import type { Block, ExecutorBackend, ExecutorDescription, ReceivedBlockInfo, Storage } from '@millrace/core';
import type { CancelTask, ExecutorProtocol, RunTask, TaskOutcome } from '@millrace/core/engine';
import { ManualClock, MsgpackCodec, SeededRandom } from '@millrace/core';
import { coreError } from '@millrace/core';
import type { RemoteExecution } from '../src/jobs/remote-execution.ts';
import { LocalShuffleFetcher } from '../src/rdd/shuffle-fetcher.ts';
import type { PartitionCache } from '../src/rdd/partition-cache.ts';
import { RddEnvironment } from '../src/rdd/rdd-environment.ts';
import { DagScheduler } from '../src/jobs/dag-scheduler.ts';
import { ShuffleStore } from '../src/rdd/shuffle-store.ts';
import { TaskRunner } from '../src/executor/task-runner.ts';

/** Differences from one executor with one core and four partitions. */
export interface RddClusterOptions {
  readonly executors?: readonly ExecutorDescription[];
  readonly defaultParallelism?: number;
  readonly maxTaskFailures?: number;
  readonly maxTaskLosses?: number;
  readonly blocks?: ReadonlyMap<string, Block>;
  readonly storage?: Storage;
  readonly maxShuffleRecords?: number;
  readonly maxCachedRecords?: number;
  readonly onYield?: () => Promise<void> | undefined;
  /** True: executors are addressed as if they had memory of their own. Default false. */
  readonly isRemote?: boolean;
  /** Called before a task runs; may throw or wait. */
  readonly beforeTask?: (executorId: string, request: RunTask) => void | Promise<void>;
}

/** Executors by their names, each with one core. */
export function executorsNamed(...names: readonly string[]): ExecutorDescription[] {
  return names.map((executorId) => ({ executorId, host: 'localhost', cores: 1 }));
}

/** A driver and its executors. */
export class RddCluster {
  readonly environment: RddEnvironment;
  /** The time of tasks. */
  readonly clock = new ManualClock();
  readonly runners = new Map<string, TaskRunner>();
  /** Every sent task, with its executor. */
  readonly sent: { readonly executorId: string; readonly request: RunTask }[] = [];
  readonly #options: RddClusterOptions;
  readonly #stores = new Map<string, ShuffleStore>();
  readonly #caches = new Set<PartitionCache>();
  #alive: readonly ExecutorDescription[];

  constructor(options: RddClusterOptions = {}) {
    this.#options = options;
    this.#alive = options.executors ?? executorsNamed('one');
    this.environment = new RddEnvironment({
      defaultParallelism: options.defaultParallelism ?? 4,
      ...(options.maxTaskFailures === undefined ? {} : { maxTaskFailures: options.maxTaskFailures }),
      ...(options.maxTaskLosses === undefined ? {} : { maxTaskLosses: options.maxTaskLosses }),
      dagScheduler: new DagScheduler({
        backend: this.#backend(),
        epoch: 1,
        inputsFor: () => [],
        ...(options.isRemote === true ? { remote: this.#remote() } : {}),
      }),
    });
    for (const { executorId } of this.#alive) this.#addRunner(executorId);
  }

  /** Removes an executor together with its data. */
  lose(executorId: string): void {
    this.#alive = this.#alive.filter((executor) => executor.executorId !== executorId);
    this.runners.get(executorId)?.close();
    this.runners.delete(executorId);
    this.#stores.delete(executorId);
  }

  /** Drops the outputs of a shuffle on all executors, without a notification. */
  dropOutputs(shuffleId: string): void {
    for (const store of this.#stores.values()) store.forget([shuffleId]);
  }

  #remote(): RemoteExecution {
    return {
      messageFor: () => ({ inputs: [] }),
      delivered: () => undefined,
      decode: (value) => value,
      driverRunner: {
        run: () => Promise.reject(new Error('the driver runs no tasks here')),
        cancel: () => undefined,
      },
      clock: this.clock,
      executorWaitMs: 1_000,
      localityWaitMs: 0,
      speculation: false,
    };
  }

  /** The tasks sent so far, as `kind:rdd:partition`. */
  get tasks(): readonly string[] {
    return this.sent.map(({ request: { task } }) => `${task.kind}:${task.rddId}:${task.partition}`);
  }

  #addRunner(executorId: string): void {
    const { blocks, storage, maxShuffleRecords, maxCachedRecords, onYield } = this.#options;
    const shuffleStore = new ShuffleStore(
      maxShuffleRecords === undefined ? {} : { maxRecords: maxShuffleRecords },
    );
    this.#stores.set(executorId, shuffleStore);
    const runner = new TaskRunner({
      environment: this.environment,
      codec: new MsgpackCodec(),
      storage: storage ?? ({} as Storage),
      clock: this.clock,
      random: new SeededRandom(1),
      readBlock: async (info: ReceivedBlockInfo) => blocks?.get(info.blockId),
      yield: onYield ?? (() => undefined),
      shuffleStore,
      fetcher: new LocalShuffleFetcher({ [Symbol.iterator]: () => this.#stores.values() }),
      ...(this.#options.isRemote === true ? {} : { caches: this.#caches }),
      ...(maxCachedRecords === undefined ? {} : { maxCachedRecords }),
    });
    this.runners.set(executorId, runner);
  }

  #backend(): Pick<ExecutorBackend, 'ask' | 'executors'> {
    return {
      executors: () => this.#alive,
      ask: async <K extends keyof ExecutorProtocol>(
        executorId: string,
        kind: K,
        request: ExecutorProtocol[K]['request'],
      ): Promise<ExecutorProtocol[K]['reply']> => {
        if (kind === 'CancelTask') return this.runners.get(executorId)?.cancel(request as CancelTask);
        return this.#runTask(executorId, request as RunTask);
      },
    };
  }

  async #runTask(executorId: string, request: RunTask): Promise<TaskOutcome> {
    this.sent.push({ executorId, request });
    await this.#options.beforeTask?.(executorId, request);
    const runner = this.runners.get(executorId);
    if (runner === undefined) throw coreError('MR_EXECUTOR_UNREACHABLE', `${executorId} is not alive`);
    // Only data crosses between driver and executors.
    return runner.run(structuredClone(request));
  }
}
