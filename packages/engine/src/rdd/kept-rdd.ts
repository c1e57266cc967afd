// The identity of an RDD, and the copies of its partitions that stand in for the lineage. Members without a comment are those of
// `RddNode`, which documents them.
import type { ExecutorId } from '@millrace/core';
import type { RecordErrorRule } from '../record-errors/record-error-rule.ts';
import * as lineage from './lineage.ts';
import type { Dependency, RddDefinition, RddHome, RddNode } from './rdd-node.ts';

/** A partitioned collection of records, without operators and actions. */
export class KeptRdd<out T> implements RddNode<T> {
  readonly id: string;
  readonly environment: RddHome;
  readonly partitionCount: number;
  readonly hashPartitions: number | undefined;
  readonly recordErrorRule: RecordErrorRule | undefined;
  readonly hasCertainOrder: boolean;
  #definition: RddDefinition<T>;
  #persisted = false;
  #cut = false;
  #pinned = false;
  #isKeptElsewhere = false;

  constructor(
    environment: RddHome,
    id: string,
    definition: RddDefinition<T>,
    recordErrorRule?: RecordErrorRule,
  ) {
    this.environment = environment;
    this.id = id;
    this.recordErrorRule = recordErrorRule;
    this.partitionCount = lineage.partitionCountOf(definition);
    this.hashPartitions = lineage.hashPartitionsOf(definition);
    this.hasCertainOrder = lineage.hasCertainOrder(definition);
    this.#definition = definition;
  }

  get definition(): RddDefinition<T> {
    return this.#definition;
  }

  get dependencies(): readonly Dependency[] {
    return lineage.dependenciesOf(this);
  }

  get isPersisted(): boolean {
    return this.#persisted;
  }

  preferredExecutors(partition: number): readonly ExecutorId[] {
    return lineage.preferredExecutorsOf(this, partition);
  }

  /** Caches every partition in the memory of the executor that computes it, until `unpersist` or forgetting. */
  persist(): this {
    this.#persisted = true;
    return this;
  }

  /**
   * As `persist`, and tasks that need a partition wait for the executor that has the partition as long as that
   * executor lives.
   */
  pin(): this {
    this.#pinned = true;
    return this.persist();
  }

  get isPinned(): boolean {
    return this.#pinned;
  }

  /** The same as `persist`. */
  cache(): this {
    return this.persist();
  }

  /** Drops the cached partitions. The partitions can still be computed. */
  unpersist(): this {
    this.#persisted = false;
    this.environment.unpersist([this.id]);
    return this;
  }

  /**
   * Drops the lineage; from now on only cached partitions exist, and a missing partition is
   * `MR_RDD_PARTITION_LOST`. For state that goes on from batch to batch: without a cut every batch would hold all
   * earlier ones. Must be called on a persisted RDD after a job has computed all partitions.
   */
  cutLineage(): this {
    this.#definition = lineage.withoutLineage(this);
    this.#cut = true;
    return this;
  }

  /**
   * Replaces the lineage; from now on a partition that is not cached comes from `load`. For state with a copy
   * elsewhere.
   */
  rebase(load: (partition: number) => Promise<readonly T[]>): this {
    this.#definition = lineage.loadedFrom(this, load);
    this.#isKeptElsewhere = true;
    return this;
  }

  /**
   * Whether the cached partitions are, or will be, the only source of records. The lineage of a pinned RDD is cut
   * once its batch is done, so a partition that is dropped before the cut would be missing afterwards.
   */
  get mustStayCached(): boolean {
    return this.#cut || (this.#pinned && !this.#isKeptElsewhere);
  }

  get isCut(): boolean {
    return this.#cut;
  }
}
