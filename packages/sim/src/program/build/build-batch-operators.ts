// Calls operators on single batches, on a stream or on an RDD: both have the operators under the same names, with the
// same arguments.
import type { BatchOperatorName } from '../operator-names.ts';
import type { NodeSettings } from '../program-plan.ts';
import { texter } from '../record-type.ts';
import { pairTypes, type Shape } from '../shape.ts';
import { combinerOf, KEYS, modulo, sum, weigher } from '../user-functions.ts';
import * as functions from '../record-functions.ts';
import { type MakeLater, optionsOf } from './user-calls.ts';

type Fn<A extends unknown[], R> = (...args: A) => R;
type Records = Iterable<unknown>;
type Called<R> = (
  record: unknown,
  call: { readonly signal: AbortSignal; readonly attempt: number },
) => Promise<R>;
type CallOptions = ReturnType<typeof optionsOf>;

/** The methods shared by streams and RDDs, as far as programs call these methods. */
export interface Collection {
  map(fn: Fn<[unknown], unknown>): Collection;
  flatMap(fn: Fn<[unknown], Records>): Collection;
  filter(fn: Fn<[unknown], boolean>): Collection;
  mapAsync(fn: Called<unknown>, options: CallOptions): Collection;
  flatMapAsync(fn: Called<Records>, options: CallOptions): Collection;
  filterAsync(fn: Called<boolean>, options: CallOptions): Collection;
  mapValuesAsync(fn: Called<unknown>, options: CallOptions): Collection;
  flatMapValuesAsync(fn: Called<Records>, options: CallOptions): Collection;
  mapPartitions(fn: (records: Records, partition: number) => Records): Collection;
  glom(): Collection;
  repartition(count: number): Collection;
  union(other: Collection): Collection;
  mapValues(fn: Fn<[unknown], unknown>): Collection;
  flatMapValues(fn: Fn<[unknown], Records>): Collection;
  groupByKey(partitions?: number): Collection;
  reduceByKey(fn: Fn<[unknown, unknown], unknown>, partitions?: number): Collection;
  combineByKey(
    create: Fn<[unknown], unknown>,
    mergeValue: Fn<[unknown, unknown], unknown>,
    mergeCombiners: Fn<[unknown, unknown], unknown>,
    options: { readonly partitions?: number; readonly mapSideCombine?: boolean },
  ): Collection;
  cogroup(other: Collection, partitions?: number): Collection;
  join(other: Collection, partitions?: number): Collection;
  leftOuterJoin(other: Collection, partitions?: number): Collection;
  rightOuterJoin(other: Collection, partitions?: number): Collection;
  fullOuterJoin(other: Collection, partitions?: number): Collection;
  persist(): Collection;
  cache(): Collection;
}

/** An RDD, as far as programs call its methods. */
export interface RddCollection extends Collection {
  keyBy(fn: Fn<[unknown], unknown>): RddCollection;
  aggregatePartitions(zero: () => unknown, add: Fn<[unknown, unknown], unknown>): RddCollection;
  zipPartitions(other: Collection, fn: (left: Records, right: Records) => Records): RddCollection;
  coalesce(count: number): RddCollection;
  distinct(count?: number): RddCollection;
  subtract(other: Collection, count?: number): RddCollection;
  intersection(other: Collection, count?: number): RddCollection;
  groupBy(fn: Fn<[unknown], unknown>, count?: number): RddCollection;
  sortBy(fn: Fn<[unknown], unknown>, options: { readonly descending?: boolean }): RddCollection;
  sortByKey(options: { readonly descending?: boolean }): RddCollection;
  keys(): RddCollection;
  values(): RddCollection;
  partitionBy(count?: number): RddCollection;
  aggregateByKey(
    zero: () => unknown,
    mergeValue: Fn<[unknown, unknown], unknown>,
    mergeCombiners: Fn<[unknown, unknown], unknown>,
    count?: number,
  ): RddCollection;
  subtractByKey(other: Collection, count?: number): RddCollection;
  pin(): RddCollection;
  unpersist(): RddCollection;
}

/** The arguments of an operator. */
export interface BatchWork {
  readonly input: Collection;
  /** The second input; the first one for an operator that has one input. */
  readonly other: Collection;
  readonly shape: Shape;
  readonly set: NodeSettings;
  readonly later: MakeLater;
}

/** Calls an operator. */
export function buildBatchOperator(op: BatchOperatorName, work: BatchWork): Collection {
  return BUILDERS[op](work);
}

const descending = ({ set }: BatchWork) => ({ descending: set.descending ?? false });
/** Methods of RDDs only: the table lets no program call these methods on a stream. */
const rdd = ({ input }: BatchWork): RddCollection => input as RddCollection;

const BUILDERS: Readonly<Record<BatchOperatorName, (work: BatchWork) => Collection>> = {
  map: ({ input, shape, set, later }) => {
    const fn = functions.mapped(shape.type, set);
    return set.calls ? input.mapAsync(later(fn, set.calls), optionsOf(set.calls)) : input.map(fn);
  },
  flatMap: ({ input, shape, set, later }) => {
    const fn = functions.flatMapped(shape.type, set);
    return set.calls ? input.flatMapAsync(later(fn, set.calls), optionsOf(set.calls)) : input.flatMap(fn);
  },
  filter: ({ input, shape, set, later }) => {
    const fn = functions.filtered(shape.type, set);
    return set.calls ? input.filterAsync(later(fn, set.calls), optionsOf(set.calls)) : input.filter(fn);
  },
  mapPartitions: ({ input, shape, set }) => {
    const each = functions.inPartition(shape.type, set);
    return input.mapPartitions((records, partition) => {
      if (!Number.isSafeInteger(partition)) throw new TypeError(`partition ${partition} has no number`);
      return each(records);
    });
  },
  glom: ({ input }) => input.glom(),
  repartition: ({ input, set }) => input.repartition(set.partitions ?? 1),
  union: ({ input, other }) => input.union(other),
  mapValues: ({ input, shape, set, later }) => {
    const fn = functions.mappedValue(pairTypes(shape)[1], set);
    return set.calls ? input.mapValuesAsync(later(fn, set.calls), optionsOf(set.calls)) : input.mapValues(fn);
  },
  flatMapValues: ({ input, shape, set, later }) => {
    const fn = functions.flatMapped(pairTypes(shape)[1], set);
    return set.calls
      ? input.flatMapValuesAsync(later(fn, set.calls), optionsOf(set.calls))
      : input.flatMapValues(fn);
  },
  groupByKey: ({ input, set }) => input.groupByKey(set.partitions),
  reduceByKey: ({ input, shape, set }) =>
    input.reduceByKey(combinerOf(set.combine ?? 'greatest', pairTypes(shape)[1]), set.partitions),
  combineByKey: ({ input, shape, set }) => {
    const weigh = weigher(pairTypes(shape)[1]);
    return input.combineByKey(
      (value) => [1, weigh(value)],
      // Combiners may be changed in place.
      (combiner, value) => {
        const counted = combiner as [number, number];
        counted[0] += 1;
        counted[1] = sum(counted[1], weigh(value));
        return counted;
      },
      (left, right) => {
        const [counted, more] = [left as [number, number], right as [number, number]];
        counted[0] += more[0];
        counted[1] = sum(counted[1], more[1]);
        return counted;
      },
      {
        ...(set.partitions === undefined ? {} : { partitions: set.partitions }),
        mapSideCombine: set.mapSideCombine ?? true,
      },
    );
  },
  cogroup: ({ input, other, set }) => input.cogroup(other, set.partitions),
  join: ({ input, other, set }) => input.join(other, set.partitions),
  leftOuterJoin: ({ input, other, set }) => input.leftOuterJoin(other, set.partitions),
  rightOuterJoin: ({ input, other, set }) => input.rightOuterJoin(other, set.partitions),
  fullOuterJoin: ({ input, other, set }) => input.fullOuterJoin(other, set.partitions),
  persist: ({ input }) => input.persist(),
  cache: ({ input }) => input.cache(),

  keyBy: (work) => {
    const weigh = weigher(work.shape.type);
    return rdd(work).keyBy((record) => weigh(record) % KEYS);
  },
  aggregatePartitions: (work) => {
    const weigh = weigher(work.shape.type);
    return rdd(work)
      .aggregatePartitions(
        () => 0,
        (total, record) => sum(total, weigh(record)),
      )
      .repartition(1)
      .mapPartitions((totals) => [[...totals].reduce<number>(sum, 0)]);
  },
  zipPartitions: (work) =>
    (rdd(work).repartition(1) as RddCollection).zipPartitions(work.other.repartition(1), (left, right) => [
      [[...left].length, [...right].length],
    ]),
  coalesce: (work) => rdd(work).coalesce(work.set.partitions ?? 1),
  distinct: (work) => rdd(work).distinct(work.set.partitions),
  subtract: (work) => rdd(work).subtract(work.other, work.set.partitions),
  intersection: (work) => rdd(work).intersection(work.other, work.set.partitions),
  groupBy: (work) => {
    const weigh = weigher(work.shape.type);
    return rdd(work).groupBy((record) => weigh(record) % KEYS, work.set.partitions);
  },
  sortBy: (work) => rdd(work).sortBy(texter(work.shape.type), descending(work)),
  sortByKey: (work) => rdd(work).sortByKey(descending(work)),
  keys: (work) => rdd(work).keys(),
  values: (work) => rdd(work).values(),
  partitionBy: (work) => rdd(work).partitionBy(work.set.partitions),
  aggregateByKey: (work) => {
    const weigh = weigher(pairTypes(work.shape)[1]);
    return rdd(work).aggregateByKey(() => 1, (total, value) => sum(total, weigh(value)), minusOne, work.set.partitions); // prettier-ignore
  },
  subtractByKey: (work) => rdd(work).subtractByKey(work.other, work.set.partitions),
  pin: (work) => rdd(work).pin(),
  unpersist: (work) => (rdd(work).persist() as RddCollection).unpersist(),
};

/** Each partial sum starts with 1, so the total must also start with 1. */
function minusOne(left: unknown, right: unknown): number {
  return modulo((left as number) + (right as number) - 1);
}
