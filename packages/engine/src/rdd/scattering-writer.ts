// The map side of a repartition whose records may come in another order when a task is repeated: a record goes to the
// bucket of its content. With turns, a repeated task would deal the records differently, and tasks that have read the
// buckets before and after would together lose some records and have others twice.
import { crc32 } from 'node:zlib';
import { MsgpackCodec } from '@millrace/core';
import { hashPartition } from './hash-partition.ts';
import type { ShuffleBuckets, ShuffleWriter } from './shuffle-writer.ts';

const codec = new MsgpackCodec();

/** Sends every record to a bucket that depends on the content of the record alone. */
export class ScatteringWriter<T> implements ShuffleWriter<T> {
  readonly #buckets: T[][];

  constructor(count: number) {
    this.#buckets = Array.from({ length: count }, () => []);
  }

  push(record: T): void {
    this.#buckets[bucketOf(record, this.#buckets.length)]?.push(record);
  }

  end(): ShuffleBuckets {
    return this.#buckets;
  }
}

/** Records that are no data all go to the first bucket: no content is known of them. */
function bucketOf(record: unknown, count: number): number {
  try {
    return hashPartition(record, count);
  } catch {
    // No valid key: for instance a date, bytes, or a map.
  }
  try {
    return crc32(codec.encodeRecords([record])) % count;
  } catch {
    return 0;
  }
}
