// Records that two processes agree on: the same seed gives the same partitions.
import { SeededRandom } from '@millrace/core';

/** How many partitions each batch has. */
export const PARTITIONS = 3;

/** The records of a partition, each unlike any other, of very different lengths. */
export function partitionOf(name: { batch: number; partition: number; seed: string }): readonly string[] {
  const { batch, partition, seed } = name;
  const random = new SeededRandom(`${seed}/${batch}/${partition}`);
  const length = 50 + random.integer(200);
  return Array.from({ length }, (_, i) => `${batch}-${partition}-${i} ${'x'.repeat(random.integer(100))}`);
}

/** All records of so many batches. */
export function allRecords(batches: number, seed: string): readonly string[] {
  const records: string[] = [];
  for (let batch = 1; batch <= batches; batch += 1) {
    for (let partition = 0; partition < PARTITIONS; partition += 1) {
      records.push(...partitionOf({ batch, partition, seed }));
    }
  }
  return records;
}
