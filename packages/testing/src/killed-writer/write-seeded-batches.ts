// The program side of the kill test. The program writes batches of seeded records from the first one on, like a
// restarted engine, and prints the number of each completed batch.
import type { Sink } from '@millrace/core';
import { SEEDED_PARTITIONS, seededBatch, seededPartition } from './seeded-batches.ts';

/**
 * Opens a sink, writes batches and closes the sink.
 *
 * @param args The process arguments supplied by `problemsThroughKills`: the number of batches, and the seed.
 */
export async function writeSeededBatches(sink: Sink<string>, args: readonly string[]): Promise<void> {
  const [batches = '0', seed = ''] = args;
  await sink.open?.();
  for (let batch = 1; batch <= Number(batches); batch += 1) {
    const writes = seededBatch(batch, seed).map((name) =>
      sink.write(seededPartition(name), {
        application: 'killed',
        batchTime: batch * 1_000,
        outputOperation: 0,
        partition: name.partition,
        partitions: SEEDED_PARTITIONS,
      }),
    );
    await Promise.all(writes);
    process.stdout.write(`${batch}\n`);
  }
  await sink.close?.();
}
