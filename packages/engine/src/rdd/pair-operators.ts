// Operators that bring the values of one key together: combined on the map side, moved to the partition of the key,
// merged in the order of map partitions. Pairs that are already in the partitions of their keys are combined in
// place.
import { type Combining, CombinedPairs } from './combined-pairs.ts';
import { computePartition } from './compute-partition.ts';
import { copyCombiner } from './copy-combiner.ts';
import { keyOf, map } from './narrow-operators.ts';
import { narrow } from './partition-operators.ts';
import { pushInSlices } from './push-records.ts';
import type { OrTuple, Pair } from './pair.ts';
import type { CombineOptions } from './combine-options.ts';
import type { RddNode, RddRecipe } from './rdd-node.ts';
import type { ChunkSink } from './record-sink.ts';
import { requireFunction, requireFunctions } from './required-function.ts';
import { type ShuffleSpec, shuffledRdd } from './shuffled-rdd.ts';
import { shuffleCount } from './shuffle-operators.ts';
import { CombiningWriter, KeyedWriter } from './shuffle-writer.ts';
import { synchronous } from './synchronous.ts';

/** See `RDD.reduceByKey`. */
export function reduceByKey<K, V>(
  parent: RddNode<Pair<K, V>>,
  fn: (left: V, right: V) => V,
  count?: number,
): RddRecipe<[K, V]> {
  const operator = 'reduceByKey';
  requireFunction(operator, fn);
  const combining = { operator, create: same<V>, mergeValue: fn, mergeCombiners: fn, own: same<V> };
  return combined(parent, combining, { partitions: count });
}

/** See `RDD.groupByKey`. Nothing is combined before the move: lists would only be copied. */
export function groupByKey<K, V>(parent: RddNode<Pair<K, V>>, count?: number): RddRecipe<[K, V[]]> {
  const append = (values: V[], value: V) => {
    values.push(value);
    return values;
  };
  const combining = {
    operator: 'groupByKey',
    create: (value: V) => [value],
    mergeValue: append,
    mergeCombiners: (left: V[], right: V[]) => [...left, ...right],
    own: same<V[]>,
  };
  return combined(parent, combining, {
    partitions: count,
    mapSideCombine: false,
  });
}

/** See `RDD.combineByKey`. */
export function combineByKey<K, V, C>(
  parent: RddNode<Pair<K, V>>,
  create: (value: V) => OrTuple<C>,
  mergeValue: (combiner: C, value: V) => OrTuple<C>,
  mergeCombiners: (left: C, right: C) => OrTuple<C>,
  options: CombineOptions,
): RddRecipe<[K, C]> {
  const operator = 'combineByKey';
  requireFunctions(operator, { create, mergeValue, mergeCombiners });
  const combining = { operator, create, mergeValue, mergeCombiners, own: copyCombiner<C> };
  return combined(parent, combining as Combining<V, C>, options);
}

/** See `RDD.aggregateByKey`. */
export function aggregateByKey<K, V, C>(
  parent: RddNode<Pair<K, V>>,
  createZero: () => OrTuple<C>,
  mergeValue: (combiner: C, value: V) => OrTuple<C>,
  mergeCombiners: (left: C, right: C) => OrTuple<C>,
  count?: number,
): RddRecipe<[K, C]> {
  requireFunctions('aggregateByKey', { createZero, mergeValue, mergeCombiners });
  const create = (value: V) => mergeValue(synchronous('aggregateByKey', createZero()) as C, value);
  return combineByKey(parent, create, mergeValue, mergeCombiners, { partitions: count });
}

/** See `RDD.distinct`. */
export function distinct<T>(parent: RddNode<T>, count?: number): RddRecipe<T> {
  const { environment } = parent;
  const keyed = environment.define(map(parent, asKey<T>));
  return map(environment.define(reduceByKey(keyed, same<null>, count)), keyOf<T, null>);
}

function combined<K, V, C>(
  parent: RddNode<Pair<K, V>>,
  combining: Combining<V, C>,
  options: CombineOptions,
): RddRecipe<[K, C]> {
  const partitionCount = shuffleCount([parent], options.partitions);
  if (parent.hashPartitions === partitionCount) return combinedInPlace(parent, combining);
  const combines = options.mapSideCombine ?? true;
  return shuffledRdd<Pair<K, V>, [K, C]>({
    parent,
    partitionCount,
    hashed: true,
    createWriter: () =>
      combines ? new CombiningWriter(partitionCount, combining) : new KeyedWriter(partitionCount),
    read: combines ? mergeCombined(combining) : combineMoved(combining),
  });
}

/** Reads the combined pairs of map tasks. */
function mergeCombined<K, V, C>(combining: Combining<V, C>): ShuffleSpec<Pair<K, V>, [K, C]>['read'] {
  return async (buckets, context, push) => {
    const [only] = buckets;
    if (only !== undefined && buckets.length === 1) {
      // A single map task has combined everything: its keys are all different, and need no second lookup.
      const own = (records: readonly unknown[], from: number, to: number) => {
        const pairs: [K, C][] = [];
        for (let index = from; index < to; index++) {
          const pair = records[index] as Pair<K, C>;
          pairs.push([pair[0], combining.own(pair[1])]);
        }
        push(pairs, 0, pairs.length);
      };
      return pushInSlices(only, context, own);
    }
    const pairs = new CombinedPairs<K, V, C>(combining);
    const add: ChunkSink<unknown> = (records, from, to) => {
      for (let index = from; index < to; index++) pairs.addCombiner(records[index] as Pair<K, C>);
    };
    for (const bucket of buckets) await pushInSlices(bucket, context, add);
    await pushInSlices(pairs.end(), context, push);
  };
}

/** Reads uncombined pairs, and combines them. */
function combineMoved<K, V, C>(combining: Combining<V, C>): ShuffleSpec<Pair<K, V>, [K, C]>['read'] {
  return async (buckets, context, push) => {
    const pairs = new CombinedPairs<K, V, C>(combining);
    const add: ChunkSink<unknown> = (records, from, to) => {
      for (let index = from; index < to; index++) pairs.push(records[index] as Pair<K, V>);
    };
    for (const bucket of buckets) await pushInSlices(bucket, context, add);
    await pushInSlices(pairs.end(), context, push);
  };
}

/** Combines pairs that are already in the partitions of their keys. */
function combinedInPlace<K, V, C>(
  parent: RddNode<Pair<K, V>>,
  combining: Combining<V, C>,
): RddRecipe<[K, C]> {
  return () => ({
    kind: 'source',
    partitionCount: parent.partitionCount,
    dependencies: [narrow(parent)],
    hashPartitions: parent.partitionCount,
    nearTo: [parent],
    produce: async (partition, context, push) => {
      const pairs = new CombinedPairs<K, V, C>(combining);
      await computePartition(parent, partition, context, pairs);
      await pushInSlices(pairs.end(), context, push);
    },
  });
}

const same = <V>(value: V): V => value;
const asKey = <T>(record: T): [T, null] => [record, null];
