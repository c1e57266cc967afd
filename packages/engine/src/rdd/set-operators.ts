// Difference and intersection of RDDs: by key, or by value, with values as their own keys.
import { grouped } from './join-operators.ts';
import { flatMapValues, keyOf, map } from './narrow-operators.ts';
import { requireSameEnvironment } from './partition-operators.ts';
import type { RddNode, RddRecipe } from './rdd-node.ts';
import type { Pair } from './pair.ts';

type Groups<V, W> = readonly [readonly V[], readonly W[]];

/** See `RDD.subtractByKey`. */
export function subtractByKey<K, V>(
  left: RddNode<Pair<K, V>>,
  right: RddNode<Pair<K, unknown>>,
  count?: number,
): RddRecipe<[K, V]> {
  return flatMapValues(grouped(left, right, count), leftAlone<V>);
}

/** See `RDD.subtract`. */
export function subtract<T>(left: RddNode<T>, right: RddNode<T>, count?: number): RddRecipe<T> {
  requireSameEnvironment('subtract', left.environment, right);
  const rest = left.environment.define(subtractByKey(keyed(left), keyed(right), count));
  return map(rest, keyOf<T, null>);
}

/** See `RDD.intersection`. */
export function intersection<T>(left: RddNode<T>, right: RddNode<T>, count?: number): RddRecipe<T> {
  requireSameEnvironment('intersection', left.environment, right);
  const groups = grouped(keyed(left), keyed(right), count);
  const both = left.environment.define(flatMapValues(groups, onceIfBoth));
  return map(both, keyOf<T, null>);
}

/** Every record as a key. */
function keyed<T>(rdd: RddNode<T>): RddNode<[T, null]> {
  return rdd.environment.define(map(rdd, alone<T>));
}

const alone = <T>(record: T): [T, null] => [record, null];
const leftAlone = <V>([left, right]: Groups<V, unknown>): readonly V[] => (right.length === 0 ? left : []);
const onceIfBoth = ([left, right]: Groups<null, null>): readonly null[] =>
  left.length > 0 && right.length > 0 ? [null] : [];
