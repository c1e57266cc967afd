// The action that computes a batch of state and asks each partition for numbers about the result: the number of keys, and
// the operator's own counts. The numbers come back with the results of tasks that run in any case, also from executors
// elsewhere.
import type { Action } from '../rdd/action.ts';
import type { StatePartition } from './state-rdd.ts';

/** A number under its name. */
type NamedCount = readonly [name: string, count: number];

/** Counts the mapped records of one partition; a name may occur several times. */
export type BatchMeasure<in U> = (mapped: readonly U[]) => readonly NamedCount[];

/** The numbers of one partition. */
type PartitionNumbers = readonly [keys: number | null, counts: readonly NamedCount[]];

/** The numbers of a batch. */
interface BatchNumbers {
  /** The number of keys after the batch; undefined when a partition no longer knows. */
  readonly keys: number | undefined;
  /** The sums of the operator's counts, by name. */
  readonly counts: ReadonlyMap<string, number>;
}

/** The portable name of the action. */
export const MEASURE_ACTION = 'measureState';

/** Makes the action. `count`: the operator's own counts; default: none. */
export function measureAction<K, S, U>(
  count: BatchMeasure<U> | undefined,
): Action<StatePartition<K, S, U>, PartitionNumbers, BatchNumbers> {
  return {
    name: MEASURE_ACTION,
    portableName: MEASURE_ACTION,
    runPartition: async (partitions) => {
      let keys: number | null = 0;
      const counts: NamedCount[] = [];
      await partitions.pushWhile(({ store, batchTime, mapped }) => {
        // Only the newest version knows its size at once.
        keys = store.time === batchTime && keys !== null ? keys + store.size : null;
        for (const one of count?.(mapped ?? []) ?? []) counts.push(one);
        return true;
      });
      return [keys, counts];
    },
    merge: (parts) => {
      let keys: number | undefined = 0;
      const counts = new Map<string, number>();
      for (const [partitionKeys, partitionCounts] of parts) {
        keys = keys === undefined || partitionKeys === null ? undefined : keys + partitionKeys;
        for (const [name, one] of partitionCounts) counts.set(name, (counts.get(name) ?? 0) + one);
      }
      return { keys, counts };
    },
  };
}
