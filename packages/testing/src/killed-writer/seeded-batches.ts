// Records that two processes derive independently: the same seed gives the same batches, partition by partition.
import { SeededRandom } from '@millrace/core';

/** The number of partitions of each batch. */
export const SEEDED_PARTITIONS = 3;

/** One partition of a seeded batch. */
export interface SeededPartition {
  /** From 1. */
  readonly batch: number;
  /** From 0. */
  readonly partition: number;
  readonly seed: string;
}

/** The records of a partition: single-line, all different, of very different lengths. */
export function seededPartition({ batch, partition, seed }: SeededPartition): readonly string[] {
  const random = new SeededRandom(`${seed}/${batch}/${partition}`);
  const length = 50 + random.integer(200);
  return Array.from({ length }, (_, i) => `${batch}-${partition}-${i} ${'x'.repeat(random.integer(100))}`);
}

/** The partitions of a batch. */
export function seededBatch(batch: number, seed: string): readonly SeededPartition[] {
  return Array.from({ length: SEEDED_PARTITIONS }, (_, partition) => ({ batch, partition, seed }));
}

/** All records of the first `batches` batches. */
export function seededRecords(batches: number, seed: string): readonly string[] {
  const all = Array.from({ length: batches }, (_, index) => seededBatch(index + 1, seed));
  return all.flat().flatMap(seededPartition);
}
