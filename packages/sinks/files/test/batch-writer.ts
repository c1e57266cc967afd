// A program that a test starts and kills: it writes batches of seeded records to a directory, from the first batch on,
// and prints the number of each batch that is done.
import type { SinkWrite } from '@millrace/core';
import { filesSink } from '../src/index.ts';
import { partitionOf, PARTITIONS } from './seeded-batches.ts';

const [directory = '', batches = '0', seed = ''] = process.argv.slice(2);
const sink = filesSink<string>({ directory, format: 'text', chunkBytes: 512 });
await sink.open?.();
for (let batch = 1; batch <= Number(batches); batch += 1) {
  const names = Array.from({ length: PARTITIONS }, (_, partition) => ({ batch, partition, seed }));
  await Promise.all(names.map((name) => sink.write(partitionOf(name), writeOf(name))));
  process.stdout.write(`${batch}\n`);
}
await sink.close?.();

function writeOf({ batch, partition }: { batch: number; partition: number }): SinkWrite {
  return {
    application: 'killed',
    batchTime: batch * 1_000,
    outputOperation: 0,
    partition,
    partitions: PARTITIONS,
  };
}
