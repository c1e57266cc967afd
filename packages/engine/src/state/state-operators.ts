// The public operators on state: views of the state stream behind each operator.
import type { StreamNode } from '../graph/stream-node.ts';
import { perBatch, type StreamOperator } from '../graph/stream-operator.ts';
import type { RDD } from '../rdd/rdd.ts';
import type { Pair } from '../rdd/pair.ts';
import { onlyFunction } from '../graph/checked-argument.ts';
import { synchronous } from '../rdd/synchronous.ts';
import { checkedDropDuplicates, dropDuplicatesStep, type DropDuplicatesOptions } from './drop-duplicates.ts';
import { mapWithStateStep, type MapWithStateFunction } from './map-with-state.ts';
import { stateError } from './state-errors.ts';
import { unpack, type StatePartition } from './state-rdd.ts';
import { checkedStateOptions, checkedStateSpec, type StateOptions, type StateSpec } from './state-spec.ts';
import { StateStream } from './state-stream.ts';
import { updateStateByKeyStep, type UpdateStateFunction } from './update-state-by-key.ts';

/** The definition of `mapWithState`. */
export interface MapWithStateOperators<K, S, U> {
  readonly mapped: StreamOperator<U>;
  readonly snapshots: StreamOperator<[K, S]>;
}

/** See `DStream.mapWithState`. @throws `MR_GRAPH_INVALID_ARGUMENT`. */
export function mapWithState<K, V, S, U>(
  parent: StreamNode<Pair<K, V>>,
  fn: MapWithStateFunction<K, V, S, U>,
  spec: StateSpec<K, S>,
): MapWithStateOperators<K, S, U> {
  const options = checkedStateSpec('mapWithState', spec);
  const step = mapWithStateStep(fn, options.timeoutMs);
  const kind = 'mapWithState';
  const states = new StateStream<K, V, S, U>({ kind, parent, options, step, beginsWithoutData: true });
  return {
    mapped: viewOf(kind, states, mappedOf, { hashed: false }),
    snapshots: viewOf('stateSnapshots', states, pairsOf, { hashed: true }),
  };
}

/** See `DStream.updateStateByKey`. @throws `MR_GRAPH_INVALID_ARGUMENT`. */
export function updateStateByKey<K, V, S>(
  parent: StreamNode<Pair<K, V>>,
  fn: UpdateStateFunction<K, V, S>,
  spec: StateOptions<K, S>,
): StreamOperator<[K, S]> {
  const kind = 'updateStateByKey';
  const options = checkedStateOptions(kind, spec);
  const step = updateStateByKeyStep(fn);
  const states = new StateStream<K, V, S, never>({ kind, parent, options, step, beginsWithoutData: false });
  return viewOf(kind, states, pairsOf, { hashed: true });
}

/** See `DStream.dropDuplicates`. `make` makes a stream out of an operator. @throws `MR_GRAPH_INVALID_ARGUMENT`. */
export function dropDuplicates<T>(
  parent: StreamNode<T>,
  work: {
    readonly keyOf: (record: T) => unknown;
    readonly options: DropDuplicatesOptions;
    readonly make: <U>(operator: StreamOperator<U>) => StreamNode<U>;
  },
): StreamOperator<T> {
  const kind = 'dropDuplicates';
  const keyOf = onlyFunction(kind, work.keyOf);
  const { withinMs, ...options } = checkedDropDuplicates(work.options);
  const build = (rdd: RDD<T>) =>
    rdd.map((record): Pair<unknown, T> => [synchronous(kind, keyOf(record)), record]);
  const pairs = work.make(perBatch({ kind: 'dropDuplicatesKey', parent, build }));
  const states = new StateStream<unknown, T, true, T>({
    kind,
    parent: pairs,
    options,
    step: dropDuplicatesStep<unknown, T>(withinMs),
    original: ([, record]) => record,
    beginsWithoutData: true,
    settings: [withinMs],
  });
  return viewOf(kind, states, mappedOf, { hashed: false, hidden: [pairs] });
}

/**
 * The mapped records of the batch. @throws `MR_STATE_VERSION_FORGOTTEN` when the executor with the records has died.
 */
export function mappedOf<K, S, U>({ mapped, batchTime }: StatePartition<K, S, U>): readonly U[] {
  if (mapped !== undefined) return mapped;
  throw stateError(
    'MR_STATE_VERSION_FORGOTTEN',
    `the output of batch ${batchTime} was read again after its executor died; a window over the stream retains the output, slice does not`,
    { details: { batchTime } },
  );
}

function pairsOf<K, S, U>({ store, batchTime }: StatePartition<K, S, U>): [K, S][] {
  const pairs: [K, S][] = [];
  for (const [key, { value }] of store.entriesAt(batchTime)) pairs.push([key, value]);
  return pairs;
}

/**
 * A stream made from each batch's partitions of state. The view passes its uid on to the state, so make one named view
 * of a state.
 */
export function viewOf<K, V, S, U, R>(
  kind: string,
  states: StateStream<K, V, S, U>,
  records: (state: StatePartition<K, S, U>) => readonly R[],
  options: { readonly hashed: boolean; readonly hidden?: readonly StreamNode<unknown>[] },
): StreamOperator<R> {
  const { hashed, hidden = [] } = options;
  const build = (rdd: RDD<StatePartition<K, S, U>>) => unpack(rdd, records, { hashed });
  return { ...perBatch({ kind, parent: states, build }), behind: states, hidden };
}
