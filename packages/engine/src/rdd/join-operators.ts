// Operators that bring the pairs of several RDDs together by key. Every side moves to the partitions of its keys,
// unless it is there already, and is then grouped; joins select from the groups.
import { KeyedMap } from './keyed-map.ts';
import { computePartition } from './compute-partition.ts';
import { flatMapValues } from './narrow-operators.ts';
import { narrow, requireSameEnvironment } from './partition-operators.ts';
import { pushInSlices } from './push-records.ts';
import type { Pair } from './pair.ts';
import type { RddHome, RddNode, RddRecipe } from './rdd-node.ts';
import type { RecordSink } from './record-sink.ts';
import { placedByKey, shuffleCount } from './shuffle-operators.ts';

type Groups<V, W> = [V[], W[]];

/** See `RDD.cogroup`. */
export function cogroup<K, V, W>(
  left: RddNode<Pair<K, V>>,
  right: RddNode<Pair<K, W>>,
  count?: number,
): RddRecipe<[K, Groups<V, W>]> {
  return cogroupAll<K, V | W>(left.environment, [left, right], count) as RddRecipe<[K, Groups<V, W>]>;
}

/**
 * For every key of any side: the values of each side, in order of partition and position. `count` as for
 * `reduceByKey`.
 */
export function cogroupAll<K, V>(
  environment: RddHome,
  sides: readonly RddNode<Pair<K, V>>[],
  count?: number,
): RddRecipe<[K, V[][]]> {
  for (const side of sides) requireSameEnvironment('cogroup and the joins', environment, side);
  const partitionCount = sides.length === 0 ? 0 : shuffleCount(sides, count);
  const placed = sides.map((side) => placedByKey(side, partitionCount));
  return () => ({
    kind: 'source',
    partitionCount,
    dependencies: placed.map(narrow),
    hashPartitions: partitionCount,
    nearTo: placed,
    produce: async (partition, context, push) => {
      const groups = new KeyedMap<K, [K, V[][]]>();
      for (const [side, rdd] of placed.entries()) {
        await computePartition(rdd, partition, context, new GroupSink(groups, side, placed.length));
      }
      await pushInSlices([...groups.values()], context, push);
    },
  });
}

class GroupSink<K, V> implements RecordSink<Pair<K, V>> {
  readonly #groups: KeyedMap<K, [K, V[][]]>;
  readonly #side: number;
  readonly #sides: number;

  constructor(groups: KeyedMap<K, [K, V[][]]>, side: number, sides: number) {
    this.#groups = groups;
    this.#side = side;
    this.#sides = sides;
  }

  push(pair: Pair<K, V>): void {
    let group = this.#groups.get(pair[0]);
    if (group === undefined) {
      group = [pair[0], emptyGroups(this.#sides)];
      this.#groups.set(pair[0], group);
    }
    group[1][this.#side]?.push(pair[1]);
  }
}

/** A loop, because `Array.from` with a function takes ten times as long, for every key. */
function emptyGroups<V>(sides: number): V[][] {
  const groups: V[][] = [];
  for (let side = 0; side < sides; side++) groups.push([]);
  return groups;
}

/** See `RDD.join`. */
export function join<K, V, W>(
  left: RddNode<Pair<K, V>>,
  right: RddNode<Pair<K, W>>,
  count?: number,
): RddRecipe<[K, [V, W]]> {
  return flatMapValues(grouped(left, right, count), everyWithEvery<V, W>);
}

/** See `RDD.leftOuterJoin`. */
export function leftOuterJoin<K, V, W>(
  left: RddNode<Pair<K, V>>,
  right: RddNode<Pair<K, W>>,
  count?: number,
): RddRecipe<[K, [V, W | undefined]]> {
  return flatMapValues(grouped(left, right, count), everyLeft<V, W>);
}

/** See `RDD.rightOuterJoin`. */
export function rightOuterJoin<K, V, W>(
  left: RddNode<Pair<K, V>>,
  right: RddNode<Pair<K, W>>,
  count?: number,
): RddRecipe<[K, [V | undefined, W]]> {
  return flatMapValues(grouped(left, right, count), everyRight<V, W>);
}

/** See `RDD.fullOuterJoin`. */
export function fullOuterJoin<K, V, W>(
  left: RddNode<Pair<K, V>>,
  right: RddNode<Pair<K, W>>,
  count?: number,
): RddRecipe<[K, [V | undefined, W | undefined]]> {
  return flatMapValues(grouped(left, right, count), everyOne<V, W>);
}

/** The groups as an RDD, for the operators that select from them. */
export function grouped<K, V, W>(
  left: RddNode<Pair<K, V>>,
  right: RddNode<Pair<K, W>>,
  count?: number,
): RddNode<[K, Groups<V, W>]> {
  return left.environment.define(cogroup(left, right, count));
}

/** Loops, because most groups are small: `flatMap` and `map` cost more than the pairs do. */
const everyWithEvery = <V, W>([left, right]: Groups<V, W>): [V, W][] => {
  const pairs: [V, W][] = [];
  for (const value of left) for (const other of right) pairs.push([value, other]);
  return pairs;
};

const everyLeft = <V, W>([left, right]: Groups<V, W>): [V, W | undefined][] =>
  everyWithEvery([left, orOneEmpty(right)]);

const everyRight = <V, W>([left, right]: Groups<V, W>): [V | undefined, W][] =>
  everyWithEvery([orOneEmpty(left), right]);

const everyOne = <V, W>([left, right]: Groups<V, W>): [V | undefined, W | undefined][] =>
  everyWithEvery([orOneEmpty(left), orOneEmpty(right)]);

const orOneEmpty = <V>(values: V[]): (V | undefined)[] => (values.length === 0 ? [undefined] : values);
