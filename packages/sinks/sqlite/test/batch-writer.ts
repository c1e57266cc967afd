// A program that a test starts and kills: it writes batches of seeded records to a database, from the first batch on,
// and prints the number of each batch that is done.
import type { SinkWrite } from '@millrace/core';
import { sqliteSink } from '../src/index.ts';
import { partitionOf, PARTITIONS } from './seeded-batches.ts';

const [file = '', batches = '0', seed = ''] = process.argv.slice(2);
const sink = sqliteSink<string>({ file, table: 'records', columns: ['record'] }, (record) => ({ record }));
await sink.open?.();
for (let batch = 1; batch <= Number(batches); batch += 1) {
  for (let partition = 0; partition < PARTITIONS; partition += 1) {
    await sink.write(partitionOf({ batch, partition, seed }), writeOf(batch, partition));
  }
  process.stdout.write(`${batch}\n`);
}
await sink.close?.();

function writeOf(batch: number, partition: number): SinkWrite {
  return {
    application: 'killed',
    batchTime: batch * 1_000,
    outputOperation: 0,
    partition,
    partitions: PARTITIONS,
  };
}
