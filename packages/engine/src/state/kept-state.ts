// What checkpoints have of the state of one operator: the newest that is durable, the one that is being written, and what
// an earlier driver has left. Executors that do not share the driver's memory begin anew with the durable one.
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

/** What the checkpoints of one operator are made with. */
export interface KeptStateDeps<in S> {
  readonly partitions: number;
  readonly dueAt: DueAt<S> | undefined;
  readonly conditions: StateConditions | undefined;
}

/** What the partitions have told for a checkpoint. */
interface Tellings {
  /** The names of the tellings, by partition. */
  readonly told: readonly (string | undefined)[];
  /** Whether anything in them is new. */
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
  /** Up to which batch that is so, also when there is no state yet. */
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

  /** What an earlier driver has left: the version; undefined: nothing. */
  get restoredUpTo(): BatchTime | undefined {
    return this.#restored?.upTo;
  }

  /** The version that is durable; undefined: none is. */
  get durableUpTo(): BatchTime | undefined {
    return this.#durable.upTo ?? undefined;
  }

  /**
   * What is durable, for those who are asked for what has changed since. While the operator changes, partitions that need
   * parts of some age are to say again what is in them; when it is at rest nobody is, and a checkpoint costs nothing.
   */
  get durable(): Omit<SegmentsAsked, 'upTo'> {
    const { told, hasChanges } = this.#durableTellings;
    const retellUpTo = hasChanges ? putTogetherUpTo(this.#durable.chain) : undefined;
    return { since: this.durableUpTo, told, retellUpTo };
  }

  // Writing

  /** Adds what has changed up to a version. */
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

  /** No batch was computed up to here; undefined: before the first batch can be. */
  async exportUnchanged(upTo: BatchTime | undefined, parts: CheckpointParts): Promise<StateData> {
    const restored = this.#restored;
    if (restored !== undefined && this.#durable.upTo === null) {
      // It is not what the checkpoint has that it came from: other partitions, or another schema.
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

  /** The latest export is durable. */
  checkpointed(): void {
    this.#durable = this.#exported;
    this.#durableUpTo = this.#exportedUpTo;
    this.#durableTellings = this.#exportedTellings;
    this.#states.forget();
  }

  // Reading

  /** Takes over what an earlier driver has left. @throws as `restoredStates`, and what the conditions throw. */
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

  /** The store of a partition as an earlier driver has left it; undefined: it has left none. */
  restoredStore(partition: number): StateStore<K, S> | undefined {
    const restored = this.#restored;
    if (restored === undefined) return undefined;
    const store = new StateStore<K, S>(restored.upTo, restored.entries[partition], this.#dueAt);
    if (restored.isSame) store.exporter.begin(restored.upTo, this.#durable.chain[0]?.upTo ?? restored.upTo);
    return store;
  }

  /** What executors can begin with; `beginsAt`: the time up to which there is no batch here. */
  snapshot(beginsAt: BatchTime): Omit<KeyedStateSnapshot, 'givenUp'> {
    const { upTo, chain } = this.#durable;
    if (this.#durableUpTo !== undefined)
      return { upTo: this.#durableUpTo, hasState: upTo !== null, neededFrom: chain[0]?.upTo ?? upTo };
    const neededFrom = this.#restored?.isSame === true ? (chain[0]?.upTo ?? beginsAt) : null;
    return { upTo: beginsAt, hasState: this.#restored !== undefined, neededFrom };
  }

  /** One partition of the snapshot. @throws what the store of checkpoints throws. */
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

/** Whether a segment says more than what was durable already. */
function isNews(
  { isFull, removed, touched }: StateSegment<unknown, unknown>,
  since = Number.NEGATIVE_INFINITY,
): boolean {
  return isFull || removed.length > 0 || touched.some((time) => time > since);
}
