// The snapshot of an operator with state: on the driver, the states of the newest durable checkpoint, handed out
// partition by partition; on an executor, a store that begins with these states. The parts of a checkpoint hold all
// partitions, so the parts are read once for all callers, and kept until the snapshot moves on.
import type { BatchTime, Codec } from '@millrace/core';
import type { CheckpointParts, FetchSnapshotPartition, StateSnapshot } from '../graph/checkpointed-state.ts';
import { snapshotSuperseded } from '../graph/shared-states.ts';
import { restoredEntries, type RestoredEntries, type StateData } from './restored-state.ts';
import type { DueAt } from './state-entries.ts';
import type { KeyState } from './key-state.ts';
import { StateStore } from './state-store.ts';

/** The description of the snapshot that executors get. */
export interface KeyedStateSnapshot extends StateSnapshot {
  /** True when the operator has begun; otherwise there is nothing to load. */
  readonly hasState: boolean;
  /**
   * The version from which checkpoints need older parts; null: the next checkpoint writes everything. See
   * `StateExporter.begin`.
   */
  readonly neededFrom: BatchTime | null;
  /** Later batches that were given up: such a batch changes nothing where it is not computed yet. */
  readonly givenUp: readonly BatchTime[];
}

type Triple<K, S> = readonly [key: K, value: S, touchedAt: BatchTime];

/** Encodes entries for an executor. */
export function encodeEntries<K, S>(entries: RestoredEntries<K, S> | undefined, codec: Codec): Uint8Array {
  const triples: Triple<K, S>[] = [];
  for (const [key, { value, touchedAt }] of entries ?? []) triples.push([key, value, touchedAt]);
  return codec.encodeRecords(triples);
}

/** The snapshot that one copy of the program uses, as announced last. */
export class LoadedSnapshot<K, S> {
  readonly #codec: Codec;
  readonly #dueAt: DueAt<S> | undefined;
  #told: { readonly at: KeyedStateSnapshot; readonly read: FetchSnapshotPartition } | undefined;

  constructor(codec: Codec, dueAt?: DueAt<S>) {
    this.#codec = codec;
    this.#dueAt = dueAt;
  }

  /** The batch of the snapshot; minus infinity before the first announcement. */
  get upTo(): BatchTime {
    return this.#told?.at.upTo ?? Number.NEGATIVE_INFINITY;
  }

  /** True when there is state to load. */
  get hasState(): boolean {
    return this.#told?.at.hasState === true;
  }

  /** Adopts an announced snapshot if it is new; returns whether it is. */
  adopt(at: KeyedStateSnapshot, read: FetchSnapshotPartition): boolean {
    if (this.#told !== undefined && this.#told.at.upTo >= at.upTo) return false;
    this.#told = { at, read };
    return true;
  }

  /**
   * A store that begins with the snapshot of this batch. @throws `MR_STATE_SNAPSHOT_SUPERSEDED`, and the errors of
   * reading.
   */
  async store(operator: string, batchTime: BatchTime, partition: number): Promise<StateStore<K, S>> {
    const told = this.#told;
    if (told?.at.upTo !== batchTime) throw snapshotSuperseded(operator, batchTime);
    const bytes = await told.read(batchTime, partition);
    // `encodeEntries` wrote the triples, on the driver of the same program.
    const triples = this.#codec.decodeRecords(bytes) as Triple<K, S>[];
    const entries = triples.map(([key, value, touchedAt]): [K, KeyState<S>] => [key, { value, touchedAt }]);
    const store = new StateStore<K, S>(batchTime, entries, this.#dueAt);
    const { neededFrom } = told.at;
    if (neededFrom !== null) store.exporter.begin(batchTime, neededFrom);
    return store;
  }
}

/** The states in the parts of a checkpoint, read on demand. */
export class KeptStates {
  #read: { readonly data: StateData; readonly entries: ReturnType<typeof restoredEntries> } | undefined;

  /** The states of one partition. @throws the errors of the checkpoint store. */
  async partition(
    data: StateData,
    partition: number,
    parts: CheckpointParts,
  ): Promise<RestoredEntries<unknown, unknown> | undefined> {
    if (this.#read?.data !== data)
      this.#read = { data, entries: restoredEntries<unknown>(data.chain, parts) };
    const { entries } = this.#read;
    // The next caller tries again.
    entries.catch(() => (this.#read = undefined));
    return (await entries).get(partition);
  }

  /** Drops the states after the snapshot has moved on. */
  forget(): void {
    this.#read = undefined;
  }
}
