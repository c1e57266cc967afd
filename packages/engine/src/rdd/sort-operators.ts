// Sorting. All records come to one partition: to cut sorted records into several, one would have to look at them before
// the RDD is made, and making an RDD computes nothing. What a stream sorts is a batch, and mostly a result already.
import { checkedOrder, naturalOrder } from './natural-order.ts';
import type { OrTuple, RDD } from './rdd.ts';
import { requireFunctions } from './required-function.ts';
import { synchronous } from './synchronous.ts';

/** How to sort. */
export interface SortOptions<K> {
  /** The largest first. Default false. */
  readonly descending?: boolean;
  /** As for sorting arrays: a number, and not NaN. Default: `naturalOrder`, which takes whatever comes. */
  compare?(this: void, left: K, right: K): number;
}

/** See `RDD.sortBy`. Records whose keys are equal stay in the order of partition and position. */
export function sortBy<T, K>(
  parent: RDD<T>,
  keyOf: (record: T) => OrTuple<K>,
  { descending = false, compare = naturalOrder }: SortOptions<K>,
): RDD<T> {
  requireFunctions('sortBy', { 'the function': keyOf, compare });
  const direction = descending ? -1 : 1;
  return parent.repartition(1).mapPartitions((records) => {
    // The key of a record is asked for once, whatever it costs.
    const keyed = Array.from(records, (record) => ({
      record,
      key: synchronous('sortBy', keyOf(record)) as K,
    }));
    const order = checkedOrder('sortBy', compare);
    keyed.sort((left, right) => direction * order(left.key, right.key));
    return keyed.map(({ record }) => record as OrTuple<T>);
  });
}
