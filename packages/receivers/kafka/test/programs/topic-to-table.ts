// A program that a test kills: every partition of a topic, as rows of a table that only grows. Arguments: port of the broker,
// topic, number of partitions, directory.
import { join } from 'node:path';
import { SinkWriter } from '@millrace/core';
import { StreamingContext } from '@millrace/engine';
import { sqliteSink } from '@millrace/sink-sqlite';
import { fileWriteAheadLog } from '@millrace/wal';
import { kafkaTopic } from '../../src/index.ts';

const [port = '', topic = '', partitions = '', directory = ''] = process.argv.slice(2);
const ssc = new StreamingContext({
  appName: 'topic-to-table',
  batchIntervalMs: 100,
  logLevel: 'warn',
  checkpointDirectory: join(directory, 'checkpoints'),
  plugins: [fileWriteAheadLog({ directory: join(directory, 'log') })],
  receiving: { restartDelayMs: 100, restartDelayMaxMs: 500, blockIntervalMs: 50 },
  tracking: { minRestartDelayMs: 100, maxRestartDelayMs: 500 },
});
const rows = new SinkWriter(
  sqliteSink<{ readonly id: number }>({
    file: join(directory, 'rows.db'),
    table: 'records',
    columns: ['id'],
  }),
);
const options = { host: '127.0.0.1', port: Number(port), topic, partitions: Number(partitions) };
const receivers = kafkaTopic<{ readonly id: number }>({ ...options, maxBytesInFlight: 8_192 });
ssc.union(...receivers.map((receiver) => ssc.receiverStream(receiver))).foreachPartition(rows.write);
await ssc.start();
await ssc.awaitTermination();
