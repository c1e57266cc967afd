// Difference and intersection of RDDs: by key, or by value, with values as their own keys.
import { cogroup } from './join-operators.ts';
import { keyOf } from './narrow-operators.ts';
import type { RDD } from './rdd.ts';
import type { Pair } from './pair.ts';

type Groups<V, W> = readonly [readonly V[], readonly W[]];

/** See `RDD.subtractByKey`. */
export function subtractByKey<K, V>(
  left: RDD<Pair<K, V>>,
  right: RDD<Pair<K, unknown>>,
  count?: number,
): RDD<[K, V]> {
  return cogroup(left, right, count).flatMapValues(leftAlone<V>);
}

/** See `RDD.subtract`. */
export function subtract<T>(left: RDD<T>, right: RDD<T>, count?: number): RDD<T> {
  return subtractByKey(left.map(alone<T>), right.map(alone<T>), count).map(keyOf<T, null>);
}

/** See `RDD.intersection`. */
export function intersection<T>(left: RDD<T>, right: RDD<T>, count?: number): RDD<T> {
  const groups = cogroup(left.map(alone<T>), right.map(alone<T>), count);
  return groups.flatMapValues(onceIfBoth).map(keyOf<T, null>);
}

const alone = <T>(record: T): [T, null] => [record, null];
const leftAlone = <V>([left, right]: Groups<V, unknown>): readonly V[] => (right.length === 0 ? left : []);
const onceIfBoth = ([left, right]: Groups<null, null>): readonly null[] =>
  left.length > 0 && right.length > 0 ? [null] : [];
