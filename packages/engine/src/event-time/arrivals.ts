// The input of operators on event time: records by key, and the watermark. The watermark goes through the same shuffle as
// the records, one message to each partition, so that executors learn the watermark like records and a task needs only
// its records.
import type { StreamNode } from '../graph/stream-node.ts';
import type { StreamOperator } from '../graph/stream-operator.ts';
import { hashPartition } from '../rdd/hash-partition.ts';
import { KeyedMap } from '../rdd/keyed-map.ts';
import { map } from '../rdd/narrow-operators.ts';
import type { RDD } from '../rdd/rdd.ts';
import type { Pair } from '../rdd/pair.ts';
import { requirePair } from '../rdd/required-pair.ts';
import { AHEAD, type Timed } from './timed-record.ts';
import type { Watermark } from './watermark.ts';

/**
 * The input of a partition: records with their times, and once a batch the watermark, under one of the partition's
 * keys.
 */
export type Incoming<V> = Timed<V> | Watermark;

/** The watermark for each partition, and the records by key. */
export function arrivals<K, V>(
  watermarks: StreamNode<Watermark>,
  pairs: StreamNode<Timed<Pair<K, V>>>,
  partitions: number,
): StreamOperator<[K, Incoming<V>]> {
  const keys = keysOfPartitions(partitions);
  return {
    kind: 'arrivals',
    parents: [watermarks, pairs],
    partitions,
    compute: (batchTime) => {
      const watermark = watermarks.getOrCompute(batchTime);
      const records = pairs.getOrCompute(batchTime);
      // The key of a watermark message only leads to its partition; no function reads the key.
      const letters = watermark?.flatMap((said) => keys.map((key): [K, Incoming<V>] => [key as K, said]));
      const timed = records?.environment.define(
        map<Timed<Pair<K, V>>, [K, Incoming<V>]>(records, byKey<K, V>, ([, pair]) => pair),
      );
      const parts = [letters, timed].filter((rdd): rdd is RDD<[K, Incoming<V>]> => rdd !== undefined);
      return parts.length === 0 ? undefined : pairs.scope.environment.union(parts);
    },
  };
}

function byKey<K, V>([atMs, pair]: Timed<Pair<K, V>>): [K, Incoming<V>] {
  requirePair('windows of event time', pair);
  const [key, value] = pair;
  return [key, [atMs, value]];
}

/** For each partition a number whose hash leads there. */
function keysOfPartitions(partitions: number): readonly number[] {
  const keys = new Map<number, number>();
  for (let key = 0; keys.size < partitions; key += 1) {
    const partition = hashPartition(key, partitions);
    if (!keys.has(partition)) keys.set(partition, key);
  }
  return [...keys.values()];
}

/** The input of a batch of a partition. */
export interface Arrived<K, V> {
  readonly watermark: Watermark;
  /** The records of each key, oldest first, records of the same time in order of arrival. */
  readonly byKey: KeyedMap<K, readonly Timed<V>[]>;
  /** The records that are too far ahead of the batch. */
  readonly ahead: readonly [K, V][];
}

/** Sorts the input of a partition. A batch that was given up has no watermark: nothing is late or due. */
export function arrived<K, V>(records: readonly Pair<K, Incoming<V>>[]): Arrived<K, V> {
  let watermark: Watermark = { beforeMs: Number.NEGATIVE_INFINITY, afterMs: Number.NEGATIVE_INFINITY };
  const byKey = new KeyedMap<K, Timed<V>[]>();
  const ahead: [K, V][] = [];
  for (const [key, incoming] of records) {
    if (!isTimed(incoming)) {
      watermark = incoming;
      continue;
    }
    if (incoming[0] === AHEAD) {
      ahead.push([key, incoming[1]]);
      continue;
    }
    const known = byKey.get(key);
    if (known === undefined) byKey.set(key, [incoming]);
    else known.push(incoming);
  }
  for (const timed of byKey.values()) if (timed.length > 1) timed.sort(([left], [right]) => left - right);
  return { watermark, byKey, ahead };
}

/** The value of a record; undefined for a watermark. */
export function valueOf<V>(incoming: Incoming<V>): V | undefined {
  return isTimed(incoming) ? incoming[1] : undefined;
}

function isTimed<V>(incoming: Incoming<V>): incoming is Timed<V> {
  return Array.isArray(incoming);
}
