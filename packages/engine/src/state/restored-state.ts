// State as restored from a checkpoint: put together from the parts, migrated to the program's schema version, and dealt
// to the program's present number of partitions.
import type { BatchTime } from '@millrace/core';
import type { CheckpointParts, RestoredState as CheckpointedData } from '../graph/checkpointed-state.ts';
import { hashPartition } from '../rdd/hash-partition.ts';
import { KeyedMap } from '../rdd/keyed-map.ts';
import { synchronous } from '../rdd/synchronous.ts';
import { readChain, type ChainPart } from './state-chain.ts';
import type { KeyState } from './key-state.ts';
import { stateError } from './state-errors.ts';
import type { StateOptions } from './state-spec.ts';

/** The content of a checkpoint for an operator with state. */
export interface StateData {
  /** The version of the state; null when the operator has not begun. */
  readonly upTo: BatchTime | null;
  readonly partitions: number;
  readonly chain: readonly ChainPart[];
  /** The operator's conditions at the time of writing; see `StateConditions`. Absent: none. */
  readonly conditions?: unknown;
}

/** The entries of one partition. */
export type RestoredEntries<K, S> = KeyedMap<K, KeyState<S>>;

/** State that exists before the first batch. */
export interface RestoredStates<K, S> {
  readonly upTo: BatchTime;
  /** Index is the partition. */
  readonly entries: readonly RestoredEntries<K, S>[];
  /**
   * True when the restored state equals the content of the checkpoint, so that the next checkpoint may continue from
   * it.
   */
  readonly isSame: boolean;
}

/**
 * Puts the state together.
 *
 * @throws `MR_STATE_VERSION_UNKNOWN`, `MR_STATE_DATA_INVALID`, the errors of `migrate` and of the checkpoint store.
 */
export async function restoredStates<K, S>(
  restored: CheckpointedData,
  data: StateData & { readonly upTo: BatchTime },
  wanted: { readonly operator: string; readonly partitions: number; readonly options: StateOptions<K, S> },
): Promise<RestoredStates<K, S>> {
  const { options, partitions } = wanted;
  const migrate = migration(wanted.operator, restored.version, options);
  const kept = await restoredEntries<K>(data.chain, restored.parts);
  const isSame = data.partitions === partitions && migrate === undefined;
  const entries = Array.from({ length: partitions }, () => new KeyedMap<K, KeyState<S>>());
  for (const [partition, states] of kept) {
    for (const [key, state] of states) {
      const target = data.partitions === partitions ? partition : hashPartition(key, partitions);
      const value = migrate === undefined ? (state.value as S) : synchronous('migrate', migrate(state.value));
      entries[target]?.set(key, { value, touchedAt: state.touchedAt });
    }
  }
  return { upTo: data.upTo, entries, isSame };
}

/** The data of an operator in a checkpoint. @throws `MR_STATE_DATA_INVALID`. */
export function stateDataOf(data: unknown): StateData {
  if (typeof data === 'object' && data !== null) {
    const { upTo, partitions, chain } = data as Partial<StateData>;
    const hasTime = upTo === null || Number.isSafeInteger(upTo);
    if (hasTime && Number.isSafeInteger(partitions) && Array.isArray(chain)) return data as StateData;
  }
  throw stateError('MR_STATE_DATA_INVALID', 'a checkpoint has invalid data in place of the state of a key');
}

/** The entries by the partition that wrote them. */
export async function restoredEntries<K>(
  chain: readonly ChainPart[],
  parts: CheckpointParts,
): Promise<Map<number, RestoredEntries<K, unknown>>> {
  const kept = new Map<number, RestoredEntries<K, unknown>>();
  for await (const segment of readChain(chain, parts)) {
    const { partition, isFull, keys, values, touched, removed } = segment;
    const known = isFull ? undefined : kept.get(partition);
    const entries = known ?? new KeyedMap<K, KeyState<unknown>>();
    kept.set(partition, entries);
    for (const [index, key] of keys.entries())
      entries.set(key as K, { value: values[index], touchedAt: touched[index] ?? 0 });
    for (const key of removed) entries.delete(key as K);
  }
  return kept;
}

/** The program's migration from the version of a checkpoint to its own; undefined for equal versions. */
function migration<K, S>(
  operator: string,
  fromVersion: number,
  { schemaVersion = 1, migrate }: StateOptions<K, S>,
): ((value: unknown) => S) | undefined {
  if (fromVersion === schemaVersion) return undefined;
  if (migrate !== undefined && fromVersion < schemaVersion) return (value) => migrate(value, fromVersion);
  throw stateError(
    'MR_STATE_VERSION_UNKNOWN',
    `the checkpoint holds state of ${operator} in schema version ${fromVersion}, the program has version ${schemaVersion}; ` +
      (fromVersion < schemaVersion ? 'give the operator a migrate function' : 'run the newer program'),
    { details: { operator, kept: fromVersion, present: schemaVersion } },
  );
}
