// The checkpoints of the state of one operator: the newest durable one, the one that is being written, and the one of
// an earlier driver. Executors that do not share the driver's memory begin anew with the durable one.
import type { BatchTime, Codec } from '@millrace/core';
import type { CheckpointParts, RestoredState } from '../graph/checkpointed-state.ts';
import { encodeEntries, KeptStates, type KeyedStateSnapshot } from './loaded-snapshot.ts';
import { extendChain, putTogetherUpTo } from './state-chain.ts';
import type { DueAt } from './state-entries.ts';
import { listed, type StateSegment } from './state-exporter.ts';
import { restoredStates, stateDataOf, type RestoredStates, type StateData } from './restored-state.ts';
import type { StateConditions } from './state-conditions.ts';
import type { SegmentsAsked } from './state-segments.ts';
import type { StateOptions } from './state-spec.ts';
import { StateStore } from './state-store.ts';

/** The definition of one operator's checkpoints. */
export interface KeptStateDeps<in S> {
  readonly partitions: number;
  readonly dueAt: DueAt<S> | undefined;
  readonly conditions: StateConditions | undefined;
}

/** The exports of the partitions for a checkpoint. */
interface Tellings {
  /** The ids of the exports, by partition. */
  readonly told: readonly (string | undefined)[];
  /** True when an export contains a change. */
  readonly hasChanges: boolean;
}

const NOTHING_TOLD: Tellings = { told: [], hasChanges: false };

/** The checkpoints of one operator's state. */
export class KeptState<K, S> {
  readonly #partitions: number;
  readonly #dueAt: DueAt<S> | undefined;
  readonly #conditions: StateConditions | undefined;
  readonly #states = new KeptStates();
  #restored: RestoredStates<K, S> | undefined;
  #durable: StateData;
  #exported: StateData;
  /** The batch up to which the durable state holds, also when there is no state yet. */
  #durableUpTo: BatchTime | undefined;
  #exportedUpTo: BatchTime | undefined;
  #parts: CheckpointParts | undefined;
  #durableTellings = NOTHING_TOLD;
  #exportedTellings = NOTHING_TOLD;

  constructor({ partitions, dueAt, conditions }: KeptStateDeps<S>) {
    this.#partitions = partitions;
    this.#dueAt = dueAt;
    this.#conditions = conditions;
    this.#durable = { upTo: null, partitions, chain: [] };
    this.#exported = this.#durable;
  }

  /** The version of an earlier driver's state; undefined without one. */
  get restoredUpTo(): BatchTime | undefined {
    return this.#restored?.upTo;
  }

  /** The durable version; undefined when no version is durable. */
  get durableUpTo(): BatchTime | undefined {
    return this.#durable.upTo ?? undefined;
  }

  /**
   * The durable state, for partitions that are asked for the changes since. While the operator changes, partitions that
   * need parts of some age have to export their content again. At rest no partition has to, and a checkpoint costs
   * nothing.
   */
  get durable(): Omit<SegmentsAsked, 'upTo'> {
    const { told, hasChanges } = this.#durableTellings;
    const retellUpTo = hasChanges ? putTogetherUpTo(this.#durable.chain) : undefined;
    return { since: this.durableUpTo, told, retellUpTo };
  }

  // Writing

  /** Adds the changes up to a version. */
  async export(
    upTo: BatchTime,
    segments: readonly StateSegment<K, S>[],
    parts: CheckpointParts,
  ): Promise<StateData> {
    const chain = await extendChain(this.#durable.chain, segments, parts);
    this.#parts = parts;
    this.#exportedUpTo = upTo;
    this.#exportedTellings = tellingsOf(segments, this.durableUpTo);
    const conditions = this.#conditions?.current();
    const exported = { upTo, partitions: this.#partitions, chain };
    return (this.#exported = conditions === undefined ? exported : { ...exported, conditions });
  }

  /** Exports the state when no batch was computed up to here; undefined: before the first possible batch. */
  async exportUnchanged(upTo: BatchTime | undefined, parts: CheckpointParts): Promise<StateData> {
    const restored = this.#restored;
    if (restored !== undefined && this.#durable.upTo === null) {
      // The state differs from the checkpoint that it was restored from: other partitions, or another schema.
      const segments = restored.entries.map((entries, partition) => {
        const whole = { partition, upTo: restored.upTo, from: restored.upTo, isFull: true, told: undefined };
        return { ...whole, ...listed(entries) };
      });
      return this.export(restored.upTo, segments, parts);
    }
    this.#exportedUpTo = upTo ?? this.#exportedUpTo;
    this.#exportedTellings = this.#durableTellings;
    return (this.#exported = this.#durable);
  }

  /** Notes that the latest export is durable. */
  checkpointed(): void {
    this.#durable = this.#exported;
    this.#durableUpTo = this.#exportedUpTo;
    this.#durableTellings = this.#exportedTellings;
    this.#states.forget();
  }

  // Reading

  /** Restores the state of an earlier driver. @throws as `restoredStates`, and the errors of the conditions. */
  async restore(restored: RestoredState, operator: string, options: StateOptions<K, S>): Promise<void> {
    const data = stateDataOf(restored.data);
    const { upTo } = data;
    if (upTo === null) return;
    if (data.conditions !== undefined) this.#conditions?.assertFit(data.conditions, operator);
    const wanted = { operator, partitions: this.#partitions, options };
    this.#restored = await restoredStates<K, S>(restored, { ...data, upTo }, wanted);
    this.#parts = restored.parts;
    if (!this.#restored.isSame) return;
    this.#durable = data;
    this.#exported = data;
  }

  /** The store of a partition, restored from an earlier driver; undefined without earlier state. */
  restoredStore(partition: number): StateStore<K, S> | undefined {
    const restored = this.#restored;
    if (restored === undefined) return undefined;
    const store = new StateStore<K, S>(restored.upTo, restored.entries[partition], this.#dueAt);
    if (restored.isSame) store.exporter.begin(restored.upTo, this.#durable.chain[0]?.upTo ?? restored.upTo);
    return store;
  }

  /**
   * The description of the state that executors can begin with; `beginsAt`: the time up to which there is no batch
   * here.
   */
  snapshot(beginsAt: BatchTime): Omit<KeyedStateSnapshot, 'givenUp'> {
    const { upTo, chain } = this.#durable;
    if (this.#durableUpTo !== undefined)
      return { upTo: this.#durableUpTo, hasState: upTo !== null, neededFrom: chain[0]?.upTo ?? upTo };
    const neededFrom = this.#restored?.isSame === true ? (chain[0]?.upTo ?? beginsAt) : null;
    return { upTo: beginsAt, hasState: this.#restored !== undefined, neededFrom };
  }

  /** One partition of the snapshot. @throws the errors of the checkpoint store. */
  async fetchSnapshot(partition: number, codec: Codec): Promise<Uint8Array> {
    const restored = this.#restored?.entries[partition];
    if (this.#durableUpTo === undefined || this.#parts === undefined) return encodeEntries(restored, codec);
    return encodeEntries(await this.#states.partition(this.#durable, partition, this.#parts), codec);
  }
}

function tellingsOf(
  segments: readonly StateSegment<unknown, unknown>[],
  since: BatchTime | undefined,
): Tellings {
  const told: (string | undefined)[] = [];
  for (const segment of segments) told[segment.partition] = segment.told;
  return { told, hasChanges: segments.some((segment) => isNews(segment, since)) };
}

/** True when a segment contains more than the durable state. */
function isNews(
  { isFull, removed, touched }: StateSegment<unknown, unknown>,
  since = Number.NEGATIVE_INFINITY,
): boolean {
  return isFull || removed.length > 0 || touched.some((time) => time > since);
}
