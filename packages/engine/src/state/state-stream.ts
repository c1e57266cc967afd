// The stream behind every operator with state: batch by batch, the RDD of its partitions' state. Programs see streams
// that are derived from it. It is computed in every batch that an output makes of it, whole and in order, and its
// lineage is cut right after, so that no batch ever depends on more than the one before.
import type { BatchTime } from '@millrace/core';
import type { ForgottenData } from '../batches/job-graph.ts';
import { lastTimeUpTo, timesBetween } from '../dstream/batch-times.ts';
import type { CheckpointedState, CheckpointParts, RestoredState } from '../dstream/checkpointed-state.ts';
import { StreamNode } from '../dstream/stream-node.ts';
import type { Action } from '../rdd/action.ts';
import { hashPartition } from '../rdd/hash-partition.ts';
import type { Pair, RDD } from '../rdd/rdd.ts';
import { extendChain } from './state-chain.ts';
import type { DueAt } from './state-entries.ts';
import type { StateSegment } from './state-exporter.ts';
import { restoredStates, stateDataOf, type RestoredStates, type StateData } from './restored-state.ts';
import { stateRdd, unpack, type StatePartition, type StateStep } from './state-rdd.ts';
import type { StateOptions } from './state-spec.ts';
import { StateStore } from './state-store.ts';

/** A number that an operator with state tells of each batch. */
export interface BatchCount<in U> {
  /** For one partition. */
  readonly count: (mapped: readonly U[]) => number;
  /** For the whole batch; again after a restart, if the batch runs again. */
  readonly tell: (batchTime: BatchTime, count: number) => void;
}

/** What makes an operator with state. */
export interface StateStreamDefinition<K, V, S, U> {
  readonly kind: string;
  readonly parent: StreamNode<Pair<K, V>>;
  readonly options: StateOptions<K, S>;
  readonly step: StateStep<K, V, S, U>;
  /** Whether a first batch without an RDD of the parent begins the state all the same. */
  readonly beginsWithoutData: boolean;
  /** When the state of a key is due, for a step that asks for those. Default: never. */
  readonly dueAt?: DueAt<S>;
  /** Counts what a batch has given out, and is told the count, on the driver, when the batch was computed. */
  readonly counted?: BatchCount<U>;
  /** What else has to be the same on driver and executors. */
  readonly settings?: readonly number[];
}

/** The states of one operator. */
export class StateStream<K, V, S, U>
  extends StreamNode<StatePartition<K, S, U>>
  implements CheckpointedState
{
  readonly #definition: StateStreamDefinition<K, V, S, U>;
  readonly #parent: StreamNode<Pair<K, V>>;
  readonly #partitions: number;
  #restored: RestoredStates<K, S> | undefined;
  /** What the newest durable checkpoint has, and what the one that is being written will have. */
  #durable: StateData;
  #exported: StateData;
  /** The batch up to which everything is computed and has no lineage any more. */
  #settledUpTo: BatchTime | undefined;
  #settling: Promise<void> = Promise.resolve();
  /** Batches up to this one are done with; undefined: none was since the start. */
  #doneUpTo: BatchTime | undefined;
  /** Batches up to this one that are not computed yet were skipped: they change nothing. */
  #givenUpTo: BatchTime = Number.NEGATIVE_INFINITY;

  constructor(definition: StateStreamDefinition<K, V, S, U>) {
    const { parent, kind, options } = definition;
    super(parent.scope, { kind: `${kind}State`, slideMs: parent.slideMs, parents: [parent] });
    this.#definition = definition;
    this.#parent = parent;
    this.#partitions = options.partitions ?? parent.scope.environment.defaultParallelism;
    this.#durable = { upTo: null, partitions: this.#partitions, chain: [] };
    this.#exported = this.#durable;
    this.persist();
  }

  override get settings(): readonly number[] {
    return [this.#partitions, ...(this.#definition.settings ?? [])];
  }

  override get state(): CheckpointedState {
    return this;
  }

  /** The schema version of the program's state. */
  get version(): number {
    return this.#definition.options.schemaVersion ?? 1;
  }

  /** Computes every batch up to this one that is not computed yet, one after the other. */
  override settle(batchTime: BatchTime): Promise<void> {
    const settled = this.#settling.then(() => this.#settleUpTo(batchTime));
    // Whoever waits is told; the next batch tries again.
    this.#settling = settled.catch(() => undefined);
    return settled;
  }

  /** Keeps the last batch that was computed, whatever became of later ones: the next begins with it. */
  override clearMetadata(batchTime: BatchTime): ForgottenData {
    const settledUpTo = this.#settledUpTo ?? this.#beginsAt();
    this.#doneUpTo = batchTime;
    if (settledUpTo < batchTime) this.#givenUpTo = batchTime;
    return super.clearMetadata(Math.min(batchTime, settledUpTo));
  }

  protected override compute(batchTime: BatchTime): RDD<StatePartition<K, S, U>> | undefined {
    if (batchTime <= this.#beginsAt()) return undefined;
    const { environment } = this.scope;
    const previous = this.#previous(batchTime);
    const data = this.#parent.getOrCompute(batchTime);
    const mayBegin = this.#definition.beginsWithoutData || this.#restored !== undefined;
    if (previous === undefined && data === undefined && !mayBegin) return undefined;
    return stateRdd<K, V, S, U>({
      environment,
      batchTime,
      partitions: this.#partitions,
      previous,
      data,
      begin: (partition) => this.#begin(partition, batchTime),
      step: this.#definition.step,
      isGivenUp: () => batchTime <= this.#givenUpTo,
      // Later batches may be computed long before an earlier one is done with, and it may run again (BAT-4).
      forgetBefore: () => Math.min((this.#doneUpTo ?? this.#beginsAt()) - this.rememberMs, this.heldFrom),
    });
  }

  // Checkpoints

  async exportState(batchTime: BatchTime, parts: CheckpointParts): Promise<StateData> {
    const upTo = lastTimeUpTo(batchTime, this.zeroTime ?? batchTime, this.slideMs);
    const rdd = this.zeroTime === undefined ? undefined : this.getOrCompute(upTo);
    if (rdd === undefined) return (this.#exported = this.#durable);
    const segments = await this.#segmentsUpTo(upTo, rdd);
    const chain = await extendChain(this.#durable.chain, segments, parts);
    return (this.#exported = { upTo, partitions: this.#partitions, chain });
  }

  checkpointed(): void {
    this.#durable = this.#exported;
  }

  partsOf(data: unknown): readonly number[] {
    return stateDataOf(data).chain.map(({ part }) => part);
  }

  async restoreState(restored: RestoredState): Promise<void> {
    const data = stateDataOf(restored.data);
    const { upTo } = data;
    if (upTo === null) return;
    const { options } = this.#definition;
    const wanted = { operator: this.id, partitions: this.#partitions, options };
    this.#restored = await restoredStates<K, S>(restored, { ...data, upTo }, wanted);
    if (!this.#restored.isSame) return;
    this.#durable = data;
    this.#exported = data;
  }

  /** Batches go on while a checkpoint reads; the version that it reads must not be forgotten meanwhile. */
  async #segmentsUpTo(
    upTo: BatchTime,
    rdd: RDD<StatePartition<K, S, U>>,
  ): Promise<readonly StateSegment<K, S>[]> {
    const release = this.hold(upTo);
    try {
      await this.settle(upTo);
      const since = this.#durable.upTo ?? undefined;
      return await unpack<StatePartition<K, S, U>, StateSegment<K, S>>(
        rdd,
        ({ store }, partition) => [store.exporter.segment(partition, since, upTo)],
        { hashed: false },
      ).collect();
    } finally {
      release();
    }
  }

  // Batches

  /** The batch before. Batches that were not computed yet are made in order, so that no chain of calls gets deep. */
  #previous(batchTime: BatchTime): RDD<StatePartition<K, S, U>> | undefined {
    const first = this.#settledUpTo ?? this.#beginsAt() + this.slideMs;
    let previous: RDD<StatePartition<K, S, U>> | undefined;
    for (const time of timesBetween(first, batchTime - this.slideMs, this.slideMs))
      previous = this.getOrCompute(time);
    return previous;
  }

  #begin(partition: number, batchTime: BatchTime): StateStore<K, S> {
    const { dueAt } = this.#definition;
    const restored = this.#restored;
    if (restored !== undefined) {
      const store = new StateStore<K, S>(restored.upTo, restored.entries[partition], dueAt);
      if (restored.isSame) store.exporter.begin(restored.upTo, this.#durable.chain[0]?.upTo ?? restored.upTo);
      return store;
    }
    const initial: [K, { value: S; touchedAt: BatchTime }][] = [];
    for (const [key, value] of this.#definition.options.initialState ?? []) {
      if (hashPartition(key, this.#partitions) === partition)
        initial.push([key, { value, touchedAt: batchTime }]);
    }
    return new StateStore<K, S>(batchTime - this.slideMs, initial, dueAt);
  }

  async #settleUpTo(batchTime: BatchTime): Promise<void> {
    const first = (this.#settledUpTo ?? this.#beginsAt()) + this.slideMs;
    for (const time of timesBetween(first, batchTime, this.slideMs)) {
      const rdd = this.getOrCompute(time);
      if (rdd !== undefined) {
        await this.#compute(time, rdd);
        rdd.cutLineage();
      }
      this.#settledUpTo = time;
    }
  }

  async #compute(batchTime: BatchTime, rdd: RDD<StatePartition<K, S, U>>): Promise<void> {
    const { counted } = this.#definition;
    if (counted === undefined) return rdd.forEach(() => undefined);
    const count = await rdd.runAction(countingAction<K, S, U>(counted));
    counted.tell(batchTime, count);
  }

  /** The time up to which there is no batch to compute here. */
  #beginsAt(): BatchTime {
    if (this.#restored !== undefined) return this.#restored.upTo;
    const { zeroTime } = this;
    if (zeroTime === undefined) return Number.NEGATIVE_INFINITY;
    // An operator that is new, or whose state was dropped, begins where the program goes on.
    return lastTimeUpTo(Math.max(zeroTime, this.scope.graph.recoveredUpTo), zeroTime, this.slideMs);
  }
}

function countingAction<K, S, U>({ count }: BatchCount<U>): Action<StatePartition<K, S, U>, number, number> {
  return {
    name: 'countGivenOut',
    runPartition: async (partitions) => {
      let counted = 0;
      await partitions.pushWhile(({ mapped }) => {
        counted += count(mapped);
        return true;
      });
      return counted;
    },
    merge: (counts) => counts.reduce((sum, part) => sum + part, 0),
  };
}
