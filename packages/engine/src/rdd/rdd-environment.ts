// The home of the RDDs of one streaming context: names them, finds them for a task, and forgets them. Names follow
// from the order in which the program makes RDDs inside a scope, so every executor that runs the same program has
// the same RDD under the same name; therefore a task message carries names and no closure.
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Action } from './action.ts';
import { ActionRegistry } from './action-registry.ts';
import type { JobIdentity, JobRunner } from './job-runner.ts';
import { parallelize } from './parallelize.ts';
import { union } from './partition-operators.ts';
import { partitionCount, positiveInteger } from './positive-integer.ts';
import { RDD, type RddMaker } from './rdd.ts';
import type { RecordErrorRule } from '../record-errors/record-error-rule.ts';
import { RecordChunks } from './record-chunks.ts';
import type { RddMemory } from './rdd-memory.ts';
import type { RddNode, RddRecipe } from './rdd-node.ts';
import { rddError } from './rdd-errors.ts';
import { type Holding, RddRegistry } from './rdd-registry.ts';

/** Options of an environment. */
export interface RddEnvironmentOptions {
  /** The application's name, for the identity of records. Default: an empty name. */
  readonly application?: string;
  /** Default number of partitions of a shuffle. */
  readonly defaultParallelism: number;
  /** Number of failures of one task after which its job fails. Default 4. */
  readonly maxTaskFailures?: number;
  /** Number of lost executors and missing outputs of one task after which its job fails. Default 16. */
  readonly maxTaskLosses?: number;
  /** Runs actions. Absent on executors. */
  readonly dagScheduler?: JobRunner;
}

/** The code at work in the current chain of calls: a job's own code, or a task on an executor. */
type Work = JobWork | { readonly kind: 'task' };

interface JobWork {
  readonly kind: 'job';
  readonly job: JobIdentity;
  /** The name prefix of RDDs that this job's code makes. */
  readonly scope: string;
  /** Ids of the RDDs that this job's code has made. */
  readonly rddIds: string[];
}

/** The RDDs of one streaming context. Nothing is shared with another context. */
export class RddEnvironment implements RddMaker {
  readonly application: string;
  readonly defaultParallelism: number;
  readonly maxTaskFailures: number;
  readonly maxTaskLosses: number;
  readonly #dagScheduler: JobRunner | undefined;
  readonly #registry = new RddRegistry((ids) => this.#release(ids));
  readonly #actions = new ActionRegistry();
  readonly #memories = new Set<RddMemory>();
  readonly #work = new AsyncLocalStorage<Work>();
  readonly #scopes: { readonly name: string; readonly rule: RecordErrorRule | undefined }[] = [];

  constructor(options: RddEnvironmentOptions) {
    this.application = options.application ?? '';
    this.defaultParallelism = partitionCount('defaultParallelism', options.defaultParallelism);
    this.maxTaskFailures = positiveInteger('maxTaskFailures', options.maxTaskFailures ?? 4);
    this.maxTaskLosses = positiveInteger('maxTaskLosses', options.maxTaskLosses ?? 16);
    this.#dagScheduler = options.dagScheduler;
  }

  // Names

  /**
   * Every RDD made inside `build` is called `<name>`, `<name>#1`, `<name>#2`, … in the order of creation, and stays
   * until it is forgotten. Scopes may be nested; the innermost scope gives the name. A scope that is entered again
   * goes on counting, until all its RDDs are forgotten. `build` is synchronous. `rule`: the reaction to records for
   * which a function of these RDDs fails; default: the task fails.
   *
   * Outside any scope RDDs are called `<batch time>/output-<n>…` inside a job and `adhoc-<n>` elsewhere, and stay
   * as long as they are referenced.
   */
  scope<T>(name: string, build: () => T, rule?: RecordErrorRule): T {
    this.#scopes.push({ name, rule });
    try {
      return build();
    } finally {
      this.#scopes.pop();
    }
  }

  /**
   * Runs the code of an output operation: actions called in this code, also after waiting, belong to this job. Data
   * held for the RDDs of this code is dropped at its end, unless an RDD is persisted.
   */
  async inJob<T>(job: JobIdentity, body: () => T | Promise<T>): Promise<T> {
    const scope = `${job.batchTime}/output-${job.outputOperation}`;
    const work: JobWork = { kind: 'job', job, scope, rddIds: [] };
    try {
      return await this.#work.run(work, async () => body());
    } finally {
      this.#release(work.rddIds.filter((id) => this.find(id)?.isPersisted !== true));
    }
  }

  /** Runs the code of a task: actions called in this code are refused. */
  inTask<T>(body: () => Promise<T>): Promise<T> {
    return this.#work.run({ kind: 'task' }, body);
  }

  /** Makes an RDD; `make` receives its id, and the rule of its scope. For operators, here and in streams. */
  define<T>(make: RddRecipe<T>): RDD<T> {
    const scope = this.#scopes.at(-1);
    if (scope !== undefined) return this.#add(scope.name, make, 'strong', scope.rule);
    const work = this.#work.getStore();
    if (work?.kind !== 'job') return this.#add('adhoc', make, 'weak');
    const rdd = this.#add(work.scope, make, 'weak');
    work.rddIds.push(rdd.id);
    return rdd;
  }

  /**
   * As `define`, outside any scope or job: the RDD stays as long as it is referenced, and no task names it. The RDDs of a
   * scope keep the same names with and without this RDD.
   */
  defineUnnamed<T>(make: RddRecipe<T>): RDD<T> {
    return this.#add('adhoc', make, 'weak');
  }

  // Making

  /** Records in memory, cut evenly into partitions (default: the default parallelism). The records are copied. */
  parallelize<T>(records: Iterable<T>, partitions?: number): RDD<T> {
    return this.define(parallelize(new RecordChunks(records), partitions ?? this.defaultParallelism));
  }

  /** An RDD without partitions and records. */
  empty<T>(): RDD<T> {
    return this.define(union<T>(this, []));
  }

  /**
   * The partitions of all RDDs, one RDD after the other. RDDs that are hashed by key into the same number of
   * partitions are combined partition by partition instead, and stay hashed.
   */
  union<T>(rdds: readonly RDD<T>[], ...more: readonly never[]): RDD<T> {
    // Untyped code may pass each RDD as a separate argument, as the other unions accept them.
    const all = Array.isArray(rdds) && more.length === 0 ? rdds : [rdds as never, ...more];
    return this.define(union<T>(this, all));
  }

  // Finding and forgetting

  /** The RDD of this name, if still known. */
  find(id: string): RDD<unknown> | undefined {
    return this.#registry.find(id);
  }

  /**
   * Whether every copy of the program makes this RDD under its name: the RDD was made in a scope, and not by the
   * code of a job.
   */
  isOfProgram(rdd: RddNode<unknown>): boolean {
    return this.#registry.isStrong(rdd);
  }

  /** The ids of all known RDDs that were made in scopes of this name. */
  idsOf(scope: string): readonly string[] {
    return this.#registry.idsOf(scope);
  }

  /** The action that the program registered on an RDD under this name, while its job runs. */
  findAction(rddId: string, name: string): Action<unknown, unknown, unknown> | undefined {
    return this.#actions.find(rddId, name);
  }

  /** Drops RDDs with their cached partitions and shuffle outputs. Unknown ids are no error. */
  forget(ids: readonly string[]): void {
    this.#registry.remove(ids);
    this.#release(ids);
  }

  /** Drops cached partitions. */
  unpersist(ids: readonly string[]): void {
    for (const memory of this.#memories) memory.unpersist(ids);
  }

  /** Notifies `memory` of removals from now on. @returns a function that ends the notifications. */
  attach(memory: RddMemory): () => void {
    this.#memories.add(memory);
    return () => void this.#memories.delete(memory);
  }

  // Jobs

  /** Runs an action on the partitions `chosen` (default all), for the job whose code is calling. */
  async runAction<T, P, R>(rdd: RddNode<T>, action: Action<T, P, R>, chosen?: readonly number[]): Promise<R> {
    const work = this.#work.getStore();
    if (this.#dagScheduler === undefined || work?.kind === 'task') {
      throw rddError(
        'MR_RDD_NO_DRIVER',
        `${action.name} on rdd ${rdd.id} was called on an executor; call the action on the driver`,
        {
          details: { rddId: rdd.id, action: action.name },
        },
      );
    }
    const job = work?.job ?? { batchTime: 0, outputOperation: -1 };
    const partitions = chosen ?? Array.from({ length: rdd.partitionCount }, (_, partition) => partition);
    const registered = this.#actions.add(rdd.id, action);
    try {
      return await this.#dagScheduler.run({ rdd, action, actionName: registered.name, job, partitions });
    } finally {
      registered.remove();
    }
  }

  #add<T>(scope: string, make: RddRecipe<T>, holding: Holding, rule?: RecordErrorRule): RDD<T> {
    return this.#registry.add(scope, (id) => new RDD<T>(this, id, make(id, rule), rule), holding);
  }

  #release(ids: readonly string[]): void {
    for (const memory of this.#memories) memory.forget(ids);
    this.#dagScheduler?.forget(ids);
  }
}
