// The actions of an RDD, each as the result of one partition and the merging of results. The result of a partition
// is data: it crosses from executor to driver.
import type { Epoch } from '@millrace/core';
import type { Action } from './action.ts';
import { CombinedPairs } from './combined-pairs.ts';
import { keysEqual } from './key-equality.ts';
import { KeyedMap } from './keyed-map.ts';
import { checkedOrder, naturalOrder } from './natural-order.ts';
import { positiveInteger } from './positive-integer.ts';
import type { RddNode } from './rdd-node.ts';
import type { Pair } from './pair.ts';
import { rddError } from './rdd-errors.ts';
import { requireFunction, requireFunctions } from './required-function.ts';
import { requirePair } from './required-pair.ts';
import { synchronous } from './synchronous.ts';
import { concatenated } from './concatenated.ts';
import { BestSink, CallSink, CountSink, FoldSink, LargestSink, ReduceSink, ValueCountSink } from './sinks.ts';

/** See `RDD.collect`. */
export function collect<T>(): Action<T, T[], T[]> {
  return {
    name: 'collect',
    portableName: 'collect',
    runPartition: (records) => records.toArray(),
    merge: concatenated,
  };
}

/** See `RDD.count`. */
export function count(): Action<unknown, number, number> {
  return {
    name: 'count',
    portableName: 'count',
    runPartition: async (records) => (await records.pushInto(new CountSink())).count,
    merge: (parts) => parts.reduce((sum, part) => sum + part, 0),
  };
}

/** See `RDD.countByValue`. */
export function countByValue<T>(): Action<T, [T, number][], ReadonlyMap<T, number>> {
  return {
    name: 'countByValue',
    portableName: 'countByValue',
    runPartition: async (records) => [...(await records.pushInto(new ValueCountSink<T>())).counts],
    merge: (parts) => {
      const counts = new KeyedMap<T, number>();
      for (const [value, counted] of parts.flat()) counts.set(value, (counts.get(value) ?? 0) + counted);
      return counts;
    },
  };
}

/** See `RDD.take`. */
export async function take<T>(rdd: RddNode<T>, n: number): Promise<T[]> {
  positiveInteger('take', n, 0);
  const records: T[] = [];
  for (let partition = 0; partition < rdd.partitionCount && records.length < n; partition++) {
    for (const record of await rdd.environment.runAction(rdd, takeFirst<T>(n - records.length), [partition]))
      records.push(record);
  }
  return records;
}

/** See `RDD.first`. */
export async function first<T>(rdd: RddNode<T>): Promise<T> {
  const records = await take(rdd, 1);
  if (records.length === 0) throw emptyCollection('first');
  return records[0] as T;
}

/** See `RDD.isEmpty`. */
export async function isEmpty(rdd: RddNode<unknown>): Promise<boolean> {
  return (await take(rdd, 1)).length === 0;
}

/** See `RDD.top`. */
export function top<T>(
  n: number,
  compare: (left: T, right: T) => number = naturalOrder,
  name: 'top' | 'takeOrdered' = 'top',
): Action<T, T[], T[]> {
  positiveInteger(name, n, 0);
  const checked = checkedOrder(name, compare);
  const order = name === 'top' ? checked : (left: T, right: T) => checked(right, left);
  return {
    name,
    runPartition: async (records) => (await records.pushInto(new LargestSink(n, order))).largest(),
    merge: (parts) => {
      const all = new LargestSink(n, order);
      for (const record of concatenated(parts)) all.push(record);
      return all.largest();
    },
  };
}

/** See `RDD.max` and `RDD.min`. Of equal records the first. */
export function extreme<T>(
  name: 'max' | 'min',
  compare: (left: T, right: T) => number = naturalOrder,
): Action<T, T[], T> {
  const order = checkedOrder(name, compare);
  const isBetter =
    name === 'max'
      ? (than: T, record: T) => order(than, record) < 0
      : (than: T, record: T) => order(than, record) > 0;
  return {
    name,
    runPartition: async (records) => (await records.pushInto(new BestSink(isBetter))).result,
    merge: (parts) => onlyResult(name, parts, new BestSink(isBetter)),
  };
}

/** See `RDD.reduce`. */
export function reduce<T>(fn: (left: T, right: T) => T): Action<T, T[], T> {
  requireFunction('reduce', fn);
  return {
    name: 'reduce',
    runPartition: async (records) => (await records.pushInto(new ReduceSink(fn))).result,
    merge: (parts) => onlyResult('reduce', parts, new ReduceSink(fn)),
  };
}

/** Merges the results of all partitions into one. @throws `MR_RDD_EMPTY_COLLECTION` when there is no result. */
function onlyResult<T>(name: string, parts: readonly (readonly T[])[], sink: ReduceSink<T> | BestSink<T>): T {
  for (const part of parts) for (const record of part) sink.push(record);
  if (sink.result.length === 0) throw emptyCollection(name);
  return sink.result[0] as T;
}

/** See `RDD.reduceByKeyLocally`. */
export function reduceByKeyLocally<K, V>(
  fn: (left: V, right: V) => V,
): Action<Pair<K, V>, [K, V][], ReadonlyMap<K, V>> {
  const operator = 'reduceByKeyLocally';
  requireFunction(operator, fn);
  const combining = { operator, create: same<V>, mergeValue: fn, mergeCombiners: fn, own: same<V> };
  return {
    name: 'reduceByKeyLocally',
    runPartition: async (records) => (await records.pushInto(new CombinedPairs<K, V, V>(combining))).end(),
    merge: (parts) => {
      const all = new CombinedPairs<K, V, V>(combining);
      for (const pair of parts.flat()) all.push(pair);
      return new KeyedMap(all.end());
    },
  };
}

/** See `RDD.lookup`. */
export function lookup<K, V>(key: K): Action<Pair<K, V>, V[], V[]> {
  return {
    name: 'lookup',
    runPartition: async (records) => {
      const pairs = await records.toArray();
      for (const pair of pairs) requirePair('lookup', pair);
      return pairs.filter((pair) => keysEqual(pair[0], key)).map((pair) => pair[1]);
    },
    merge: concatenated,
  };
}

/** See `RDD.aggregate` and `RDD.fold`. */
export function aggregate<T, U>(
  createZero: () => U,
  add: (result: U, record: T) => U,
  combine: (left: U, right: U) => U,
): Action<T, U, U> {
  requireFunctions('aggregate', { createZero, add, combine });
  return {
    name: 'aggregate',
    runPartition: async (records) => (await records.pushInto(new FoldSink(createZero(), add))).end(),
    merge: (parts) =>
      parts.reduce((left, right) => synchronous('aggregate', combine(left, right)), createZero()),
  };
}

/** See `RDD.forEach`. */
export function forEach<T>(fn: (record: T) => void): Action<T, undefined, void> {
  requireFunction('forEach', fn);
  return {
    name: 'forEach',
    runPartition: async (records) => {
      await records.pushInto(new CallSink(fn));
      return undefined;
    },
    merge: () => undefined,
  };
}

/** See `RDD.foreachPartition`. */
export function foreachPartition<T>(
  fn: (records: Iterable<T>, partition: number) => void | Promise<void>,
): Action<T, undefined, void> {
  requireFunction('foreachPartition', fn);
  return foreachPartitionInEpoch((records, partition) => fn(records, partition));
}

/** As `foreachPartition`; the function also gets the epoch of the driver. */
export function foreachPartitionInEpoch<T>(
  fn: (records: Iterable<T>, partition: number, epoch: Epoch) => void | Promise<void>,
): Action<T, undefined, void> {
  return {
    name: 'foreachPartition',
    runPartition: async (records, partition, epoch) => {
      await fn(await records.toArray(), partition, epoch);
      return undefined;
    },
    merge: () => undefined,
  };
}

const same = <V>(value: V): V => value;

/** The first `n` records of a partition; see `RDD.take`. */
export function takeFirst<T>(n: number): Action<T, T[], T[]> {
  return {
    name: 'take',
    portableName: `take:${n}`,
    runPartition: async (records) => {
      const firstRecords: T[] = [];
      await records.pushWhile((record) => firstRecords.push(record) < n);
      return firstRecords;
    },
    merge: (parts) => parts[0] ?? [],
  };
}

function emptyCollection(name: string): Error {
  return rddError(
    'MR_RDD_EMPTY_COLLECTION',
    `expected at least one record for ${name}, got none; ask isEmpty first`,
    {
      details: { action: name },
    },
  );
}
