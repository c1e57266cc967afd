// The map side of a shuffle: sorts the records of one partition into one bucket for each partition of the reading
// side. The bucket depends on the key's value alone, or on a turn where there is no key and the order is certain, so
// that a repeated task writes the same buckets.
import { hashPartition } from './hash-partition.ts';
import { type Combining, CombinedPairs } from './combined-pairs.ts';
import type { Pair } from './pair.ts';
import type { RecordSink } from './record-sink.ts';
import { requirePair } from './required-pair.ts';

/** The output of one map task: the index is the reading partition, the content its records in order. */
export type ShuffleBuckets = readonly (readonly unknown[])[];

/** Called with a record that is no pair, or whose key is no key, and with the error; throws to end the task. */
export type OnRefused = (record: unknown, error: unknown) => void;

/** The record of the program inside a pair of the engine's own form, for reports. */
export type Original<K, V> = (pair: Pair<K, V>) => unknown;

/** Collects the records of one partition. For a single use by one task. */
export interface ShuffleWriter<T> extends RecordSink<T> {
  /** Set before the first record by a task that may leave records out. Default: the error ends the task. */
  onRefused?: OnRefused;
  /** Returns the buckets; no record may be pushed afterwards. */
  end(): ShuffleBuckets;
}

/** Sends every pair to the partition of its key. */
export class KeyedWriter<K, V> implements ShuffleWriter<Pair<K, V>> {
  onRefused: OnRefused = refuse;
  readonly #buckets: Pair<K, V>[][];
  readonly #original: Original<K, V> | undefined;

  constructor(count: number, original?: Original<K, V>) {
    this.#buckets = emptyBuckets(count);
    this.#original = original;
  }

  push(pair: Pair<K, V>): void {
    let partition: number;
    try {
      requirePair('an operator by key', pair);
      partition = hashPartition(pair[0], this.#buckets.length);
    } catch (error) {
      return this.onRefused(this.#original === undefined ? pair : this.#original(pair), error);
    }
    this.#buckets[partition]?.push(pair);
  }

  end(): ShuffleBuckets {
    return this.#buckets;
  }
}

/** Deals records by turn; `first` is the first bucket, so that small partitions do not all fill the same one. */
export class DealingWriter<T> implements ShuffleWriter<T> {
  readonly #buckets: T[][];
  #turn: number;

  constructor(count: number, first: number) {
    this.#buckets = emptyBuckets(count);
    this.#turn = first;
  }

  push(record: T): void {
    this.#buckets[this.#turn++ % this.#buckets.length]?.push(record);
  }

  end(): ShuffleBuckets {
    return this.#buckets;
  }
}

/** Combines the values of every key first, and sends one pair for each key. */
export class CombiningWriter<K, V, C> implements ShuffleWriter<Pair<K, V>> {
  onRefused: OnRefused = refuse;
  readonly #count: number;
  readonly #pairs: CombinedPairs<K, V, C>;

  constructor(count: number, combining: Combining<V, C>) {
    this.#count = count;
    this.#pairs = new CombinedPairs(combining);
  }

  push(pair: Pair<K, V>): void {
    let known: [K, C] | undefined;
    try {
      known = this.#pairs.find(pair);
    } catch (error) {
      return this.onRefused(pair, error);
    }
    this.#pairs.addTo(known, pair);
  }

  end(): ShuffleBuckets {
    const pairs = this.#pairs.end();
    if (this.#count === 1) return [pairs];
    const buckets = emptyBuckets<[K, C]>(this.#count);
    for (const pair of pairs) buckets[hashPartition(pair[0], this.#count)]?.push(pair);
    return buckets;
  }
}

function refuse(_record: unknown, error: unknown): never {
  throw error;
}

function emptyBuckets<T>(count: number): T[][] {
  return Array.from({ length: count }, () => []);
}
