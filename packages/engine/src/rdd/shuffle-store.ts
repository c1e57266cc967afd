// The outputs of the map tasks of one executor, until their RDD is forgotten, in memory as arrays. The bound is in
// records, because bytes are not known without encoding; at the bound a map task fails with
// `MR_RDD_SHUFFLE_STORE_FULL` and so, after its retries, the batch. Outputs that a job may still read are never
// dropped.
import { ReleasingMap } from '@millrace/core/engine';
import { positiveInteger } from './positive-integer.ts';
import { rddError } from './rdd-errors.ts';
import type { ShuffleBuckets } from './shuffle-writer.ts';

interface Output {
  readonly buckets: ShuffleBuckets;
  readonly recordCount: number;
}

/** Shuffle outputs of one executor. */
export class ShuffleStore {
  readonly #maxRecords: number;
  readonly #shuffles = new ReleasingMap<string, Map<number, Output>>();
  #recordCount = 0;

  /** `maxRecords` over all outputs; default 50 million. */
  constructor(options: { readonly maxRecords?: number } = {}) {
    this.#maxRecords = positiveInteger('maxRecords', options.maxRecords ?? 50_000_000);
  }

  /** Number of stored records. */
  get recordCount(): number {
    return this.#recordCount;
  }

  /** Stores the output of a map partition, replacing an output of an earlier run of the task. */
  put(shuffleId: string, mapPartition: number, buckets: ShuffleBuckets): void {
    const outputs = this.#shuffles.get(shuffleId) ?? new Map<number, Output>();
    const recordCount = buckets.reduce((sum, bucket) => sum + bucket.length, 0);
    const total = this.#recordCount - (outputs.get(mapPartition)?.recordCount ?? 0) + recordCount;
    if (total > this.#maxRecords) {
      throw rddError(
        'MR_RDD_SHUFFLE_STORE_FULL',
        `expected at most ${this.#maxRecords} records in shuffle outputs, but with ${shuffleId} the number would be ${total}`,
        { details: { shuffleId, mapPartition, held: total, maxRecords: this.#maxRecords } },
      );
    }
    outputs.set(mapPartition, { buckets, recordCount });
    this.#shuffles.set(shuffleId, outputs);
    this.#recordCount = total;
  }

  /** One bucket; undefined when the map partition has no output here. */
  bucket(shuffleId: string, mapPartition: number, partition: number): readonly unknown[] | undefined {
    return this.#shuffles.get(shuffleId)?.get(mapPartition)?.buckets[partition];
  }

  /** Empties the store. */
  clear(): void {
    this.#shuffles.clear();
    this.#recordCount = 0;
  }

  /** Drops the outputs of these shuffled RDDs. */
  forget(shuffleIds: readonly string[]): void {
    for (const shuffleId of shuffleIds) {
      for (const output of this.#shuffles.get(shuffleId)?.values() ?? [])
        this.#recordCount -= output.recordCount;
      this.#shuffles.delete(shuffleId);
    }
  }
}
