// The RDD of a batch of state: one record for each partition, which holds the version of the state and what the batch
// made on the way. It is computed from the RDD of the batch before, partition by partition: where that one lies, this
// one is made, and the records of the batch come there by their keys.
import type { BatchTime } from '@millrace/core';
import { computePartition } from '../rdd/compute-partition.ts';
import { narrow } from '../rdd/partition-operators.ts';
import { pushInSlices } from '../rdd/push-records.ts';
import type { Pair, RDD } from '../rdd/rdd.ts';
import type { RddEnvironment } from '../rdd/rdd-environment.ts';
import { partitionBy } from '../rdd/shuffle-operators.ts';
import type { TaskContext } from '../rdd/task-context.ts';
import { assertStateData, namedState } from './assert-state-data.ts';
import type { StateChange } from './state-change.ts';
import type { StateStore } from './state-store.ts';

/** The state of one partition after a batch. */
export interface StatePartition<K, S, U> {
  readonly store: StateStore<K, S>;
  /** Which version of the store. */
  readonly batchTime: BatchTime;
  /** What the batch gave out; undefined: it came from a checkpoint, which does not have it. */
  readonly mapped: readonly U[] | undefined;
}

/** One batch of one partition: changes the state by the records, and gives out whatever it likes. */
export type StateStep<K, V, S, U> = (work: {
  readonly batchTime: BatchTime;
  /** For messages. */
  readonly operator: string;
  readonly change: StateChange<K, S>;
  readonly records: readonly Pair<K, V>[];
  /** Called now and then between records: lets the event loop turn. */
  readonly pause: () => Promise<void> | undefined;
}) => Promise<readonly U[]>;

/** What the RDD of a batch is made from. */
export interface StateRddSpec<K, V, S, U> {
  readonly environment: RddEnvironment;
  readonly batchTime: BatchTime;
  /** For messages. */
  readonly operator: string;
  readonly partitions: number;
  /** The batch before; undefined before the first. */
  readonly previous: RDD<StatePartition<K, S, U>> | undefined;
  /** What came in; undefined when there is no batch of it. */
  readonly data: RDD<Pair<K, V>> | undefined;
  /** The state before the first batch, of one partition. */
  readonly begin: (partition: number) => StateStore<K, S> | Promise<StateStore<K, S>>;
  readonly step: StateStep<K, V, S, U>;
  /** Whether the batch was skipped before it was computed: then it changes nothing. Asked when it is computed. */
  readonly isGivenUp: () => boolean;
  /** Batches before this one can be forgotten. Asked when the batch is made. */
  readonly forgetBefore: () => BatchTime;
}

/** Makes the RDD of a batch. */
export function stateRdd<K, V, S, U>(spec: StateRddSpec<K, V, S, U>): RDD<StatePartition<K, S, U>> {
  const { environment, partitions, previous, batchTime } = spec;
  // The state is the first RDD of its scope, so that it has the same name where it is loaded and not computed.
  return environment.define(() => {
    const placed = spec.data === undefined ? undefined : partitionBy(spec.data, partitions);
    const parents: RDD<unknown>[] = [previous, placed].filter((rdd) => rdd !== undefined);
    return {
      kind: 'source',
      partitionCount: partitions,
      dependencies: parents.map(narrow),
      nearTo: previous === undefined ? [] : [previous],
      produce: async (partition, context, push) => {
        const records: Pair<K, V>[] = [];
        const isGivenUp = spec.isGivenUp();
        if (placed !== undefined && !isGivenUp) await computePartition(placed, partition, context, records);
        const store = await storeBefore(spec, partition, context);
        const mapped = await store.advance<readonly U[]>(batchTime, async (change) => {
          if (isGivenUp) return [];
          const { operator, step } = spec;
          const pause = () => context.yield();
          const given = await stepped(step, { batchTime, operator, change, records, pause });
          assertStateData(change.touchedStates(), { codec: context.codec, operator });
          return given;
        });
        store.forgetBefore(spec.forgetBefore());
        push([{ store, batchTime, mapped }], 0, 1);
      },
    };
  });
}

async function stepped<K, V, S, U>(
  step: StateStep<K, V, S, U>,
  work: Parameters<StateStep<K, V, S, U>>[0],
): Promise<readonly U[]> {
  try {
    return await step(work);
  } catch (error) {
    throw namedState(error, work.operator);
  }
}

/** Unpacks what the partitions of a state RDD hold. `hashed`: the records are pairs by the keys of the state. */
export function unpack<P, R>(
  states: RDD<P>,
  records: (state: P, partition: number) => readonly R[],
  options: { readonly hashed: boolean },
): RDD<R> {
  const partitionCount = states.partitionCount;
  return states.environment.define<R>(() => ({
    kind: 'source',
    partitionCount,
    dependencies: [narrow(states)],
    ...(options.hashed ? { hashPartitions: partitionCount } : {}),
    nearTo: [states],
    produce: async (partition, context, push) => {
      const held: P[] = [];
      await computePartition(states, partition, context, held);
      for (const state of held) await pushInSlices(records(state, partition), context, push);
    },
  }));
}

/** The store as of the batch before. A batch that is computed once more gets a copy: the newest state is not its. */
async function storeBefore<K, V, S, U>(
  { previous, begin }: StateRddSpec<K, V, S, U>,
  partition: number,
  context: TaskContext,
): Promise<StateStore<K, S>> {
  if (previous === undefined) return begin(partition);
  const held: StatePartition<K, S, U>[] = [];
  await computePartition(previous, partition, context, held);
  const [state] = held;
  if (state === undefined) return begin(partition);
  const { store, batchTime } = state;
  return store.canAdvanceFrom(batchTime) ? store : store.fork(batchTime);
}
