// The stream behind every operator with state: batch by batch, the RDD of its partitions' state. Programs see derived
// streams. Every batch is computed in the job of an output, completely and in order. The lineage of a batch is cut
// right after, so that no batch ever depends on more than the previous one.
import type { BatchTime } from '@millrace/core';
import type { ForgottenData } from '../batches/job-graph.ts';
import { lastTimeUpTo } from '../graph/batch-times.ts';
import type {
  CheckpointedState,
  CheckpointParts,
  FetchSnapshotPartition,
  RestoredState,
  SharedState,
  StateSnapshot,
} from '../graph/checkpointed-state.ts';
import { snapshotSuperseded } from '../graph/shared-states.ts';
import { StreamNode } from '../graph/stream-node.ts';
import type { Action } from '../rdd/action.ts';
import { hashPartition } from '../rdd/hash-partition.ts';
import { loadedRdd } from '../rdd/parallelize.ts';
import type { RDD } from '../rdd/rdd.ts';
import type { Pair } from '../rdd/pair.ts';
import type { Original } from '../rdd/shuffle-writer.ts';
import type { StateConditions } from './state-conditions.ts';
import type { DueAt } from './state-entries.ts';
import { KeptState } from './kept-state.ts';
import { MEASURE_ACTION, measureAction, type BatchMeasure } from './state-measure.ts';
import { stateDataOf, type StateData } from './restored-state.ts';
import { LoadedSnapshot, type KeyedStateSnapshot } from './loaded-snapshot.ts';
import type { StateSegment } from './state-exporter.ts';
import { stateError } from './state-errors.ts';
import { stateRdd, type StatePartition, type StateStep } from './state-rdd.ts';
import { namedSegmentsAction, segmentsAction } from './state-segments.ts';
import type { StateOptions } from './state-spec.ts';
import { StateStore } from './state-store.ts';

/** Numbers that an operator with state reports for each batch. */
export interface BatchCount<in U> {
  /** For one partition; a name may occur several times. */
  readonly count: BatchMeasure<U>;
  /** The sums by name for the whole batch; called again after a restart, if the batch runs again. */
  readonly tell: (batchTime: BatchTime, counts: ReadonlyMap<string, number>) => void;
}

/** The definition of an operator with state. */
export interface StateStreamDefinition<K, V, S, U> {
  readonly kind: string;
  readonly parent: StreamNode<Pair<K, V>>;
  readonly options: StateOptions<K, S>;
  readonly step: StateStep<K, V, S, U>;
  /** The record of the program in a record of the parent, for reports of keys that are no keys. Default: the pair. */
  readonly original?: Original<K, V>;
  /** True when a first batch without an RDD of the parent still begins the state. */
  readonly beginsWithoutData: boolean;
  /** The due time of a key's state, for a step that reads due keys. Default: never. */
  readonly dueAt?: DueAt<S>;
  /** Counts the mapped records of a batch, and gets the count, on the driver, when the batch was computed. */
  readonly counted?: BatchCount<U>;
  /** Checks state of an earlier driver before it is restored. Default: only its schema version. */
  readonly conditions?: StateConditions;
  /** True for a state whose keys mean nothing to programs: no `state:changed`. Default false. */
  readonly isInternal?: boolean;
  /** Further values that have to be equal on driver and executors. */
  readonly settings?: readonly (number | string)[];
}

/** The states of one operator. */
export class StateStream<K, V, S, U>
  extends StreamNode<StatePartition<K, S, U>>
  implements CheckpointedState, SharedState
{
  readonly #definition: StateStreamDefinition<K, V, S, U>;
  readonly #parent: StreamNode<Pair<K, V>>;
  readonly #partitions: number;
  readonly #kept: KeptState<K, S>;
  /** The snapshot from which this copy of the program begins anew; empty where memory is shared. */
  readonly #snapshot: LoadedSnapshot<K, S>;
  /** The batch up to which everything is computed and has no lineage any more. */
  #materializedUpTo: BatchTime | undefined;
  #materializing: Promise<void> = Promise.resolve();
  /** The number of keys in the last `state:changed`. */
  #reportedKeys: number | undefined;
  /** Batches up to this one are done; undefined when no batch was done since the start. */
  #doneUpTo: BatchTime | undefined;
  /** Skipped batches: such a batch changes nothing where it is not computed yet. */
  #givenUp = new Set<BatchTime>();

  constructor(definition: StateStreamDefinition<K, V, S, U>) {
    const { parent, kind, options } = definition;
    super(parent.scope, { kind: `${kind}State`, slideMs: parent.slideMs, parents: [parent] });
    this.#definition = definition;
    this.#parent = parent;
    this.#partitions = options.partitions ?? parent.scope.environment.defaultParallelism;
    const { dueAt, conditions } = definition;
    this.#kept = new KeptState({ partitions: this.#partitions, dueAt, conditions });
    this.#snapshot = new LoadedSnapshot(parent.scope.codec, dueAt);
    this.persist();
  }

  override get settings(): readonly (number | string)[] {
    return [this.#partitions, ...(this.#definition.settings ?? [])];
  }

  override get state(): CheckpointedState {
    return this;
  }

  /** The schema version of the program's state. */
  get version(): number {
    return this.#definition.options.schemaVersion ?? 1;
  }

  protected override get operatorName(): string {
    return this.#definition.kind;
  }

  /** Computes every batch up to this one that is not computed yet, one after the other. */
  override materialize(batchTime: BatchTime): Promise<void> {
    const materialized = this.#materializing.then(() => this.#materializeUpTo(batchTime));
    // The waiting callers get the error; the next batch tries again.
    this.#materializing = materialized.catch(() => undefined);
    return materialized;
  }

  override abandon(doneUpTo: BatchTime): void {
    if (this.zeroTime === undefined) return;
    const first = (this.#materializedUpTo ?? this.#beginsAt()) + this.slideMs;
    for (const time of this.timesBetween(first, doneUpTo)) this.#givenUp.add(time);
    // A batch without lineage is never computed again.
    const cutUpTo = this.scope.place === 'driver' ? this.#snapshot.upTo : this.#materializedUpTo;
    for (const time of this.#givenUp)
      if (cutUpTo !== undefined && time <= cutUpTo) this.#givenUp.delete(time);
  }

  /** Keeps the last computed batch, because the next batch begins with it, even when later batches failed. */
  override clearMetadata(batchTime: BatchTime): ForgottenData {
    const materializedUpTo = this.#materializedUpTo ?? Math.max(this.#beginsAt(), this.#snapshot.upTo);
    this.#doneUpTo = batchTime;
    return super.clearMetadata(Math.min(batchTime, materializedUpTo));
  }

  protected override compute(batchTime: BatchTime): RDD<StatePartition<K, S, U>> | undefined {
    if (batchTime <= this.#beginsAt()) return undefined;
    const { environment } = this.scope;
    if (this.scope.place === 'executor' && batchTime <= this.#snapshot.upTo)
      return this.#snapshotRdd(batchTime);
    const previous = this.#previous(batchTime);
    const data = this.#parent.getOrCompute(batchTime);
    const isRestored = this.#kept.restoredUpTo !== undefined || this.#snapshot.hasState;
    const mayBegin = this.#definition.beginsWithoutData || isRestored;
    if (previous === undefined && data === undefined && !mayBegin) return undefined;
    return stateRdd<K, V, S, U>({
      environment,
      batchTime,
      operator: this.id,
      partitions: this.#partitions,
      previous,
      data,
      begin: (partition) => this.#begin(partition, batchTime),
      step: this.#definition.step,
      original: this.#definition.original,
      isGivenUp: () => this.#givenUp.has(batchTime),
      forgetBefore: () => this.#neededFrom(),
    }).pin();
  }

  // Checkpoints

  async exportState(batchTime: BatchTime, parts: CheckpointParts): Promise<StateData> {
    const upTo = this.zeroTime === undefined ? batchTime : this.lastTimeUpTo(batchTime);
    const rdd = this.zeroTime === undefined ? undefined : this.getOrCompute(upTo);
    if (rdd === undefined)
      return this.#kept.exportUnchanged(this.zeroTime === undefined ? undefined : upTo, parts);
    return this.#kept.export(upTo, await this.#segmentsUpTo(upTo, rdd), parts);
  }

  checkpointed(): void {
    this.#kept.checkpointed();
  }

  partsOf(data: unknown): readonly number[] {
    return stateDataOf(data).chain.map(({ part }) => part);
  }

  restoreState(restored: RestoredState): Promise<void> {
    return this.#kept.restore(restored, this.id, this.#definition.options);
  }

  /** Batches go on while a checkpoint reads, so the version that it reads must not be forgotten meanwhile. */
  async #segmentsUpTo(
    upTo: BatchTime,
    rdd: RDD<StatePartition<K, S, U>>,
  ): Promise<readonly StateSegment<K, S>[]> {
    const release = this.hold(upTo);
    try {
      await this.materialize(upTo);
      return await rdd.runAction(
        segmentsAction<K, S, U>({ ...this.#kept.durable, upTo }, this.scope.nextName),
      );
    } finally {
      release();
    }
  }

  // Executors with a memory of their own

  get shared(): SharedState {
    return this;
  }

  snapshot(): KeyedStateSnapshot {
    return { ...this.#kept.snapshot(this.#beginsAt()), givenUp: [...this.#givenUp] };
  }

  async fetchSnapshot(batchTime: BatchTime, partition: number): Promise<Uint8Array> {
    if (this.snapshot().upTo !== batchTime) throw snapshotSuperseded(this.id, batchTime);
    return this.#kept.fetchSnapshot(partition, this.scope.codec);
  }

  adopt(snapshot: StateSnapshot, read: FetchSnapshotPartition): void {
    // The driver of the same program made the value, by `snapshot`.
    const at = snapshot as KeyedStateSnapshot;
    if (this.scope.place === 'executor') this.#givenUp = new Set(at.givenUp);
    if (!this.#snapshot.adopt(at, read)) return;
    this.rebase(at.upTo, (time) => (at.hasState && time === at.upTo ? this.#loadSnapshot(time) : undefined));
  }

  /** The batch of the snapshot itself. Earlier batches cannot be made where they are absent. */
  #snapshotRdd(batchTime: BatchTime): RDD<StatePartition<K, S, U>> | undefined {
    const { hasState, upTo: readableFrom } = this.#snapshot;
    if (!hasState) return undefined;
    if (batchTime < readableFrom) {
      throw stateError(
        'MR_STATE_VERSION_FORGOTTEN',
        `the state of batch ${batchTime} was on a dead executor, and only the state of batch ${readableFrom} can be restored; use a window instead of slice`,
        { details: { batchTime, readableFrom } },
      );
    }
    const load = this.#loadSnapshot(batchTime);
    return this.scope.environment.define(loadedRdd(this.#partitions, { load, isUnordered: true })).pin();
  }

  #loadSnapshot(batchTime: BatchTime): (partition: number) => Promise<readonly StatePartition<K, S, U>[]> {
    return async (partition) => {
      const store = await this.#snapshot.store(this.id, batchTime, partition);
      return [{ store, batchTime, mapped: undefined }];
    };
  }

  /**
   * Later batches may be computed long before an earlier batch is done, and the earlier batch may run again (BAT-4).
   */
  #neededFrom(): BatchTime {
    const doneUpTo = this.#doneUpTo ?? this.#beginsAt();
    return Math.min(doneUpTo - this.rememberMs, this.heldFrom, this.#keptFrom());
  }

  /**
   * The version from which on an executor keeps versions for checkpoints. A checkpoint that reads a later version runs
   * on the driver.
   */
  #keptFrom(): BatchTime {
    return this.scope.place === 'executor' ? this.#snapshot.upTo : Number.POSITIVE_INFINITY;
  }

  override findAction(name: string): Action<StatePartition<K, S, U>, unknown, unknown> | undefined {
    if (name === MEASURE_ACTION) return this.#measureAction();
    return namedSegmentsAction<K, S, U>(name, this.scope.nextName);
  }

  // Batches

  /** The previous batch. Batches that were not computed yet are made in order, so that the call stack stays shallow. */
  #previous(batchTime: BatchTime): RDD<StatePartition<K, S, U>> | undefined {
    const first = this.#materializedUpTo ?? Math.max(this.#beginsAt() + this.slideMs, this.#snapshot.upTo);
    let previous: RDD<StatePartition<K, S, U>> | undefined;
    for (const time of this.timesBetween(first, batchTime - this.slideMs)) previous = this.getOrCompute(time);
    return previous;
  }

  #begin(partition: number, batchTime: BatchTime): StateStore<K, S> | Promise<StateStore<K, S>> {
    if (this.#snapshot.hasState) return this.#snapshot.store(this.id, this.timeBefore(batchTime), partition);
    const restored = this.#kept.restoredStore(partition);
    if (restored !== undefined) return restored;
    const initial: [K, { value: S; touchedAt: BatchTime }][] = [];
    for (const [key, value] of this.#definition.options.initialState ?? []) {
      if (hashPartition(key, this.#partitions) === partition)
        initial.push([key, { value, touchedAt: batchTime }]);
    }
    return new StateStore<K, S>(this.timeBefore(batchTime), initial, this.#definition.dueAt);
  }

  async #materializeUpTo(batchTime: BatchTime): Promise<void> {
    const first = (this.#materializedUpTo ?? this.#beginsAt()) + this.slideMs;
    for (const time of this.timesBetween(first, batchTime)) {
      const rdd = this.getOrCompute(time);
      if (rdd !== undefined) {
        await this.#compute(time, rdd);
        if (this.scope.place !== 'driver') rdd.cutLineage();
      }
      this.#materializedUpTo = time;
    }
  }

  async #compute(batchTime: BatchTime, rdd: RDD<StatePartition<K, S, U>>): Promise<void> {
    const { keys, counts } = await rdd.runAction(this.#measureAction());
    this.#definition.counted?.tell(batchTime, counts);
    this.#reportKeys(batchTime, keys);
  }

  #measureAction() {
    return measureAction<K, S, U>(this.#definition.counted?.count);
  }

  /** Undefined: a partition was read after its state had advanced; the next batch reports the number. */
  #reportKeys(batchTime: BatchTime, keys: number | undefined): void {
    if (keys === undefined || keys === this.#reportedKeys || this.#definition.isInternal === true) return;
    this.#reportedKeys = keys;
    this.scope.publish('state:changed', { state: { batchTime, operator: this.shownId, keys } });
  }

  /** The time up to which there is no batch to compute here. */
  #beginsAt(): BatchTime {
    const { restoredUpTo } = this.#kept;
    if (restoredUpTo !== undefined) return restoredUpTo;
    const { zeroTime } = this;
    if (zeroTime === undefined) return Number.NEGATIVE_INFINITY;
    // A new operator, or one whose state was dropped, begins where the program continues.
    return lastTimeUpTo(Math.max(zeroTime, this.scope.graph.recoveredUpTo), zeroTime, this.slideMs);
  }
}
