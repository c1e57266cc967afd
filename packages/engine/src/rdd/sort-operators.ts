// Sorting. All records move to one partition: a division of sorted records into several partitions requires reading
// the records before the RDD is made, and making an RDD computes nothing. A stream sorts one batch, and mostly an
// aggregated result.
import { checkedOrder, naturalOrder } from './natural-order.ts';
import type { RddNode, RddRecipe } from './rdd-node.ts';
import type { OrTuple } from './pair.ts';
import { mapPartitions } from './partition-operators.ts';
import { requireFunctions } from './required-function.ts';
import { repartition } from './shuffle-operators.ts';
import { synchronous } from './synchronous.ts';

/** Options of sorting. */
export interface SortOptions<K> {
  /** Largest first. Default false. */
  readonly descending?: boolean;
  /** As for sorting arrays: a number, and not NaN. Default: `naturalOrder`, which orders any values. */
  compare?(this: void, left: K, right: K): number;
}

/** See `RDD.sortBy`. Records whose keys are equal stay in the order of partition and position. */
export function sortBy<T, K>(
  parent: RddNode<T>,
  keyOf: (record: T) => OrTuple<K>,
  { descending = false, compare = naturalOrder }: SortOptions<K>,
): RddRecipe<T> {
  requireFunctions('sortBy', { 'the function': keyOf, compare });
  const direction = descending ? -1 : 1;
  const together = parent.environment.define(repartition(parent, 1));
  const sorted = (records: Iterable<T>) => {
    // The key of a record is computed once, because the program's function may be expensive.
    const keyed = Array.from(records, (record) => ({
      record,
      key: synchronous('sortBy', keyOf(record)) as K,
    }));
    const order = checkedOrder('sortBy', compare);
    keyed.sort((left, right) => direction * order(left.key, right.key));
    return keyed.map(({ record }) => record as OrTuple<T>);
  };
  return mapPartitions(together, sorted, {});
}
