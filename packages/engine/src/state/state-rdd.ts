// The RDD of a batch of state: one record for each partition, with the version of the state and the mapped records of
// the batch. The RDD is computed from the RDD of the previous batch, partition by partition: each partition is made
// where the previous one is, and the records of the batch move there by key.
import type { BatchTime } from '@millrace/core';
import { computePartition } from '../rdd/compute-partition.ts';
import { leavesOut } from '../record-errors/record-error-rule.ts';
import { narrow } from '../rdd/partition-operators.ts';
import { pushInSlices } from '../rdd/push-records.ts';
import type { RDD } from '../rdd/rdd.ts';
import type { Pair } from '../rdd/pair.ts';
import type { RddEnvironment } from '../rdd/rdd-environment.ts';
import { placedByKey } from '../rdd/shuffle-operators.ts';
import type { Original } from '../rdd/shuffle-writer.ts';
import type { RddNode, TaskContext } from '../rdd/rdd-node.ts';
import { assertStateData, namedState } from './assert-state-data.ts';
import type { StateChange } from './state-change.ts';
import type { StateStore } from './state-store.ts';

/** The state of one partition after a batch. */
export interface StatePartition<K, S, U> {
  readonly store: StateStore<K, S>;
  /** The version of the store. */
  readonly batchTime: BatchTime;
  /**
   * The mapped records of the batch; undefined when the state came from a checkpoint, which does not have these
   * records.
   */
  readonly mapped: readonly U[] | undefined;
}

/** One batch of one partition: changes the state by the records, and returns mapped records. */
export type StateStep<K, V, S, U> = (work: {
  readonly batchTime: BatchTime;
  /** For messages. */
  readonly operator: string;
  readonly change: StateChange<K, S>;
  readonly records: readonly Pair<K, V>[];
  /** Called now and then between records: lets the event loop turn. */
  readonly pause: () => Promise<void> | undefined;
  /** True when a record for which the function fails may be left out. Default false. */
  readonly leavesOut?: boolean;
  /** Leaves a record out. Throws when records may not be left out. Default: throws the error. */
  readonly leaveOut?: (record: unknown, error: unknown) => void;
}) => Promise<readonly U[]>;

/** The inputs of a batch's RDD. */
export interface StateRddSpec<K, V, S, U> {
  readonly environment: RddEnvironment;
  readonly batchTime: BatchTime;
  /** For messages. */
  readonly operator: string;
  readonly partitions: number;
  /** The previous batch; undefined before the first. */
  readonly previous: RDD<StatePartition<K, S, U>> | undefined;
  /** The records of the batch; undefined when the parent has no RDD for it. */
  readonly data: RDD<Pair<K, V>> | undefined;
  /** The record of the program in a record of the batch, for reports of keys that are no keys. Default: the pair. */
  readonly original?: Original<K, V> | undefined;
  /** The state of one partition before the first batch. */
  readonly begin: (partition: number) => StateStore<K, S> | Promise<StateStore<K, S>>;
  readonly step: StateStep<K, V, S, U>;
  /**
   * True when the batch was skipped before it was computed, and therefore changes nothing. Called when the batch is
   * computed.
   */
  readonly isGivenUp: () => boolean;
  /** Batches before this one can be forgotten. Called when the batch is made. */
  readonly forgetBefore: () => BatchTime;
}

/** Makes the RDD of a batch. */
export function stateRdd<K, V, S, U>(spec: StateRddSpec<K, V, S, U>): RDD<StatePartition<K, S, U>> {
  const { environment, partitions, previous, batchTime } = spec;
  // The state is the first RDD of its scope, so that a loaded and a computed state have the same name.
  return environment.define((id, rule) => {
    const placed = spec.data === undefined ? undefined : placedByKey(spec.data, partitions, spec.original);
    const parents: RddNode<unknown>[] = [previous, placed].filter((rdd) => rdd !== undefined);
    return {
      kind: 'source',
      partitionCount: partitions,
      dependencies: parents.map(narrow),
      // A state that is loaded has its keys in another order than one that was computed.
      isUnordered: true,
      nearTo: previous === undefined ? [] : [previous],
      produce: async (partition, context, push) => {
        const records: Pair<K, V>[] = [];
        const isGivenUp = spec.isGivenUp();
        if (placed !== undefined && !isGivenUp) await computePartition(placed, partition, context, records);
        const store = await storeBefore(spec, partition, context);
        const errors = context.recordErrors.begin();
        const place = { rddId: id, partition, partitions, rule };
        const mapped = await store.advance<readonly U[]>(batchTime, async (change) => {
          if (isGivenUp) return [];
          const { operator, step } = spec;
          const pause = () => context.yield();
          const leaveOut = (record: unknown, error: unknown) => errors.leaveOut(place, record, error);
          const reaction = { leavesOut: leavesOut(rule), leaveOut };
          const given = await stepped(step, { batchTime, operator, change, records, pause, ...reaction });
          assertStateData(change.touchedStates(), { codec: context.codec, operator });
          return given;
        });
        errors.end();
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

/** Unpacks the partitions of a state RDD. `hashed`: the records are pairs by the keys of the state. */
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

/**
 * The store as of the previous batch. A batch that is computed once more gets a copy, because the newest state belongs
 * to a later batch.
 */
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
