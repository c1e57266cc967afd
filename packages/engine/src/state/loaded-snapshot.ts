// The snapshot of an operator with state: on the driver, the states of the newest durable checkpoint, handed out partition by
// partition; on an executor, a store that begins with them. The parts of a checkpoint hold all partitions, so they are
// read once for all that ask, and kept until the snapshot moves on.
import type { BatchTime, Codec } from '@millrace/core';
import type { CheckpointParts, FetchSnapshotPartition, StateSnapshot } from '../graph/checkpointed-state.ts';
import { snapshotSuperseded } from '../graph/shared-states.ts';
import { entriesOf, type RestoredEntries, type StateData } from './restored-state.ts';
import type { DueAt, KeyState } from './state-entries.ts';
import { StateStore } from './state-store.ts';

/** What executors are told of it. */
export interface KeyedStateSnapshot extends StateSnapshot {
  /** Whether the operator has begun; if not there is nothing to load. */
  readonly hasState: boolean;
  /** What checkpoints need of parts that are older; null: the next one writes everything. See `StateExporter.begin`. */
  readonly neededFrom: BatchTime | null;
  /** Later batches that were given up: they change nothing where they are not computed yet. */
  readonly givenUp: readonly BatchTime[];
}

type Triple<K, S> = readonly [key: K, value: S, touchedAt: BatchTime];

/** Entries as an executor gets them. */
export function encodeEntries<K, S>(entries: RestoredEntries<K, S> | undefined, codec: Codec): Uint8Array {
  const triples: Triple<K, S>[] = [];
  for (const [key, { value, touchedAt }] of entries ?? []) triples.push([key, value, touchedAt]);
  return codec.encodeRecords(triples);
}

/** The snapshot that one copy of the program goes by, as it was told last. */
export class LoadedSnapshot<K, S> {
  readonly #codec: Codec;
  readonly #dueAt: DueAt<S> | undefined;
  #told: { readonly at: KeyedStateSnapshot; readonly read: FetchSnapshotPartition } | undefined;

  constructor(codec: Codec, dueAt?: DueAt<S>) {
    this.#codec = codec;
    this.#dueAt = dueAt;
  }

  /** Up to which batch; minus infinity: nothing was told. */
  get upTo(): BatchTime {
    return this.#told?.at.upTo ?? Number.NEGATIVE_INFINITY;
  }

  /** Whether there is state to load. */
  get hasState(): boolean {
    return this.#told?.at.hasState === true;
  }

  /** Takes over what was told, if it is news; answers whether it is. */
  adopt(at: KeyedStateSnapshot, read: FetchSnapshotPartition): boolean {
    if (this.#told !== undefined && this.#told.at.upTo >= at.upTo) return false;
    this.#told = { at, read };
    return true;
  }

  /** A store that begins with the snapshot of this batch. @throws `MR_STATE_SNAPSHOT_SUPERSEDED`, and what reading throws. */
  async store(operator: string, batchTime: BatchTime, partition: number): Promise<StateStore<K, S>> {
    const told = this.#told;
    if (told?.at.upTo !== batchTime) throw snapshotSuperseded(operator, batchTime);
    const bytes = await told.read(batchTime, partition);
    // `encodeEntries` has written them, on the driver of the same program.
    const triples = this.#codec.decodeRecords(bytes) as Triple<K, S>[];
    const entries = triples.map(([key, value, touchedAt]): [K, KeyState<S>] => [key, { value, touchedAt }]);
    const store = new StateStore<K, S>(batchTime, entries, this.#dueAt);
    const { neededFrom } = told.at;
    if (neededFrom !== null) store.exporter.begin(batchTime, neededFrom);
    return store;
  }
}

/** The states in the parts of a checkpoint, read when somebody asks. */
export class KeptStates {
  #read: { readonly data: StateData; readonly entries: ReturnType<typeof entriesOf> } | undefined;

  /** The states of one partition. @throws what the store of checkpoints throws. */
  async partition(
    data: StateData,
    partition: number,
    parts: CheckpointParts,
  ): Promise<RestoredEntries<unknown, unknown> | undefined> {
    if (this.#read?.data !== data) this.#read = { data, entries: entriesOf<unknown>(data.chain, parts) };
    const { entries } = this.#read;
    // The next one who asks tries again.
    entries.catch(() => (this.#read = undefined));
    return (await entries).get(partition);
  }

  /** The snapshot has moved on. */
  forget(): void {
    this.#read = undefined;
  }
}
