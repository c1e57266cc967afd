// A program's description of state: the initial state, the timeout of idle keys, and the migration of an older
// program's data.
import type { Pair } from '../rdd/pair.ts';
import { durationMs, operatorOptions, optionalCount, optionalPartitions } from '../graph/checked-argument.ts';

/** Options of `updateStateByKey`. */
export interface StateOptions<K, S> {
  /** The state before the first batch. Read once, where the state is needed; every executor must get the same. */
  readonly initialState?: Iterable<Pair<K, S>>;
  /** Default: the environment's default parallelism. State is dealt to the new partitions when this number changes. */
  readonly partitions?: number;
  /**
   * The version of the state's schema, from 1 up. Raise it when the schema changes, and provide `migrate`. Default 1.
   */
  readonly schemaVersion?: number;
  /**
   * Migrates a state of an older version to this version, when a checkpoint is restored. Without `migrate`, a
   * checkpoint of another version is refused with `MR_STATE_VERSION_UNKNOWN`.
   */
  readonly migrate?: (state: unknown, fromVersion: number) => S;
}

/** Options of `mapWithState`. */
export interface StateSpec<K, S> extends StateOptions<K, S> {
  /**
   * Milliseconds of batch time. A key without a record for longer is passed to the function once more in the next
   * batch, and removed. Default: keys stay.
   */
  readonly timeoutMs?: number;
}

const STATE_OPTIONS = {
  initialState: 'iterable',
  partitions: 'any',
  schemaVersion: 'any',
  migrate: 'function',
} as const;

/** @throws `MR_GRAPH_INVALID_ARGUMENT`. */
export function checkedStateOptions<K, S>(operator: string, given: StateOptions<K, S>): StateOptions<K, S> {
  const options = operatorOptions(operator, given, STATE_OPTIONS);
  optionalPartitions(operator, options.partitions);
  optionalCount(operator, 'schemaVersion', options.schemaVersion);
  return options;
}

/** @throws `MR_GRAPH_INVALID_ARGUMENT`. */
export function checkedStateSpec<K, S>(operator: string, given: StateSpec<K, S>): StateSpec<K, S> {
  const spec = operatorOptions(operator, given, { ...STATE_OPTIONS, timeoutMs: 'any' });
  optionalPartitions(operator, spec.partitions);
  optionalCount(operator, 'schemaVersion', spec.schemaVersion);
  if (spec.timeoutMs !== undefined) durationMs(operator, 'timeoutMs', spec.timeoutMs);
  return spec;
}
