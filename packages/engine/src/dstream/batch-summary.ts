// RDDs with one record for a whole batch: its count, or its records reduced to one. Every partition is summed up in
// place, and only the results move, into a single partition.
import type { RDD } from '../rdd/rdd.ts';
import { ReduceSink } from '../rdd/sinks.ts';

/** One record: the number of records, 0 for an RDD without records. */
export function countAll(rdd: RDD<unknown>): RDD<number> {
  const counts = rdd.mapPartitions((records) => [countOf(records)]);
  return inOnePartition(counts).mapPartitions((parts) => [sum(parts)]);
}

/** One record: all records by an associative `fn`; none for an RDD without records. */
export function reduceAll<T>(rdd: RDD<T>, fn: (left: T, right: T) => T): RDD<T> {
  const reduced = rdd.mapPartitions((records) => reduceRecords(records, fn));
  return inOnePartition(reduced).mapPartitions((parts) => reduceRecords(parts, fn));
}

/** An RDD without partitions also gets one here, so that the count of nothing is 0. */
function inOnePartition<T>(rdd: RDD<T>): RDD<T> {
  return rdd.partitionCount === 1 ? rdd : rdd.repartition(1);
}

function countOf(records: Iterable<unknown>): number {
  if (Array.isArray(records)) return records.length;
  let count = 0;
  for (const _ of records) count += 1;
  return count;
}

function sum(counts: Iterable<number>): number {
  let total = 0;
  for (const count of counts) total += count;
  return total;
}

function reduceRecords<T>(records: Iterable<T>, fn: (left: T, right: T) => T): T[] {
  const sink = new ReduceSink(fn);
  for (const record of records) sink.push(record);
  return sink.result;
}
