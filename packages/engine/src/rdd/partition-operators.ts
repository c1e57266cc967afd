// Operators that work with whole partitions: through a function, zipped with other partitions, or grouped. No
// record moves between executors here.
import { computePartition } from './compute-partition.ts';
import { positiveInteger } from './positive-integer.ts';
import { pushIterable } from './push-records.ts';
import type { OrTuple } from './pair.ts';
import type { NarrowDependency, RddHome, RddNode, RddRecipe, Route, TaskContext } from './rdd-node.ts';
import { rddError } from './rdd-errors.ts';
import { requireFunction, requireFunctions } from './required-function.ts';
import { CollectSink, FoldSink } from './sinks.ts';
import { synchronous, synchronousIterable } from './synchronous.ts';

interface KeepsKeys {
  readonly keepsKeys?: boolean;
}

/** See `RDD.mapPartitions`. */
export function mapPartitions<T, U>(
  parent: RddNode<T>,
  fn: (records: Iterable<T>, partition: number) => Iterable<OrTuple<U>>,
  options: KeepsKeys,
): RddRecipe<U> {
  requireFunction('mapPartitions', fn);
  const hashPartitions = options.keepsKeys === true ? parent.hashPartitions : undefined;
  return () => ({
    kind: 'source',
    partitionCount: parent.partitionCount,
    dependencies: [narrow(parent)],
    ...(hashPartitions === undefined ? {} : { hashPartitions }),
    nearTo: [parent],
    produce: async (partition, context, push) => {
      const records = await gather(parent, partition, context);
      await pushIterable(
        checkedRecords('mapPartitions', fn(records, partition) as Iterable<U>),
        context,
        push,
      );
    },
  });
}

/** See `RDD.aggregatePartitions`. */
export function aggregatePartitions<T, U>(
  parent: RddNode<T>,
  createZero: () => U,
  add: (result: U, record: T) => U,
): RddRecipe<U> {
  requireFunctions('aggregatePartitions', { createZero, add });
  return () => ({
    kind: 'source',
    partitionCount: parent.partitionCount,
    dependencies: [narrow(parent)],
    nearTo: [parent],
    produce: async (partition, context, push) => {
      const fold = new FoldSink(createZero(), add);
      await computePartition(parent, partition, context, fold);
      push([fold.end()], 0, 1);
    },
  });
}

/** See `RDD.zipPartitions`. */
export function zipPartitions<T, U, V>(
  left: RddNode<T>,
  right: RddNode<U>,
  fn: (left: Iterable<T>, right: Iterable<U>, partition: number) => Iterable<OrTuple<V>>,
  options: KeepsKeys,
): RddRecipe<V> {
  requireFunction('zipPartitions', fn);
  requireSameEnvironment('zipPartitions', left.environment, right);
  if (left.partitionCount !== right.partitionCount) {
    throw rddError(
      'MR_RDD_PARTITIONS_DIFFER',
      `expected as many partitions on both sides, got ${left.partitionCount} and ${right.partitionCount}; repartition one`,
      { details: { left: left.partitionCount, right: right.partitionCount } },
    );
  }
  const hashPartitions = options.keepsKeys === true ? left.hashPartitions : undefined;
  return () => ({
    kind: 'source',
    partitionCount: left.partitionCount,
    dependencies: [narrow(left), narrow(right)],
    ...(hashPartitions === undefined ? {} : { hashPartitions }),
    nearTo: [left, right],
    produce: async (partition, context, push) => {
      const lefts = await gather(left, partition, context);
      const rights = await gather(right, partition, context);
      await pushIterable(
        checkedRecords('zipPartitions', fn(lefts, rights, partition) as Iterable<V>),
        context,
        push,
      );
    },
  });
}

/** See `RddEnvironment.union`. */
export function union<T>(environment: RddHome, rdds: readonly RddNode<T>[]): RddRecipe<T> {
  for (const rdd of rdds) {
    requireSameEnvironment('union', environment, rdd);
  }
  const parents = rdds.filter((rdd) => rdd.partitionCount > 0);
  const hashPartitions = parents[0]?.hashPartitions;
  if (hashPartitions !== undefined && parents.every((rdd) => rdd.hashPartitions === hashPartitions)) {
    const routes = (partition: number) => parents.map((rdd) => ({ rdd, partition }));
    return routed(parents, hashPartitions, routes, hashPartitions);
  }
  const partitionCount = parents.reduce((sum, rdd) => sum + rdd.partitionCount, 0);
  return routed(parents, partitionCount, (partition) => [routeAmong(parents, partition)]);
}

/** The parent and the parent's partition behind a partition number that counts over all parents. */
function routeAmong(parents: readonly RddNode<unknown>[], partition: number): Route {
  let left = partition;
  for (const rdd of parents) {
    if (left < rdd.partitionCount) return { rdd, partition: left };
    left -= rdd.partitionCount;
  }
  throw new RangeError(`there is no partition ${partition}`);
}

/** See `RDD.coalesce`; undefined: the parent has no more partitions than that. */
export function coalesce<T>(parent: RddNode<T>, count: number): RddRecipe<T> | undefined {
  const target = Math.min(positiveInteger('coalesce', count), parent.partitionCount);
  if (target === parent.partitionCount) return undefined;
  const places = partitionsOf(parent);
  const boundary = (index: number) => Math.floor((index * places.length) / target);
  return routed([parent], target, (partition) => places.slice(boundary(partition), boundary(partition + 1)));
}

/** A dependency on a parent that is computed inside the same task. */
export function narrow(rdd: RddNode<unknown>): NarrowDependency {
  return { kind: 'narrow', rdd };
}

/** Refuses a value that is no RDD, from untyped code. */
function requireRdd(operator: string, value: unknown): void {
  if (typeof (value as RddNode<unknown> | null)?.partitionCount === 'number') return;
  const got = Array.isArray(value) ? 'an array' : `a value of type ${typeof value}`;
  throw rddError(
    'MR_RDD_INVALID_ARGUMENT',
    `expected ${operator} to have RDDs as arguments, got ${got}; pass each RDD as a separate argument`,
    { details: { operator, got } },
  );
}

/**
 * Refuses to combine RDDs of two streaming contexts. @throws `MR_RDD_INVALID_ARGUMENT` for a value that is no RDD.
 */
export function requireSameEnvironment(operator: string, environment: RddHome, rdd: RddNode<unknown>): void {
  requireRdd(operator, rdd);
  if (rdd.environment === environment) return;
  throw rddError(
    'MR_RDD_FOREIGN_ENVIRONMENT',
    `expected rdd ${rdd.id} to be of the same streaming context; build all RDDs from one context`,
    { details: { rddId: rdd.id } },
  );
}

function partitionsOf(rdd: RddNode<unknown>): Route[] {
  return Array.from({ length: rdd.partitionCount }, (_, partition) => ({ rdd, partition }));
}

function routed<T>(
  parents: readonly RddNode<T>[],
  partitionCount: number,
  routes: (partition: number) => readonly Route[],
  hashPartitions?: number,
): RddRecipe<T> {
  return () => ({
    kind: 'route',
    partitionCount,
    dependencies: parents.map(narrow),
    ...(hashPartitions === undefined ? {} : { hashPartitions }),
    routes,
  });
}

/** The records that a function has made of a partition; none of the records may be a promise. */
function checkedRecords<R>(operator: string, records: Iterable<R>): Iterable<R> {
  const checked = synchronousIterable(operator, records);
  if (!Array.isArray(checked)) return eachSynchronous(operator, checked);
  for (const record of checked) synchronous(operator, record as R, checked);
  return checked;
}

function* eachSynchronous<R>(operator: string, records: Iterable<R>): Generator<R> {
  for (const record of records) yield synchronous(operator, record, records);
}

/** Collects a partition into an array of its own: the function that receives the array may keep and change it. */
async function gather<T>(rdd: RddNode<T>, partition: number, context: TaskContext): Promise<T[]> {
  const records = new CollectSink<T>();
  await computePartition(rdd, partition, context, records);
  return records.records();
}
