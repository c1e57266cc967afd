// A program that a test kills: a topic to another topic, through an engine. Arguments: port of the broker, topic to read, number of
// its partitions, topic to write, directory.
import { join } from 'node:path';
import { SinkWriter } from '@millrace/core';
import { StreamingContext } from '@millrace/engine';
import { kafkaTopic } from '@millrace/receiver-kafka';
import { fileWriteAheadLog } from '@millrace/wal';
import { kafkaSink } from '../../src/index.ts';

const [port = '', from = '', partitions = '', to = '', directory = ''] = process.argv.slice(2);
const ssc = new StreamingContext({
  appName: 'topic-to-topic',
  batchIntervalMs: 100,
  logLevel: 'warn',
  checkpointDirectory: join(directory, 'checkpoints'),
  plugins: [fileWriteAheadLog({ directory: join(directory, 'log') })],
  receiving: { restartDelayMs: 100, restartDelayMaxMs: 500, blockIntervalMs: 50 },
  tracking: { minRestartDelayMs: 100, maxRestartDelayMs: 500 },
});
const broker = { host: '127.0.0.1', port: Number(port) };
const records = new SinkWriter(
  kafkaSink<{ readonly id: number }>({ ...broker, topic: to, ledgerTopic: `${to}-ledger` }, (record) => ({
    key: String(record.id),
    value: record,
  })),
);
const receivers = kafkaTopic<{ readonly id: number }>({
  ...broker,
  topic: from,
  partitions: Number(partitions),
  maxBytesInFlight: 8_192,
});
ssc.union(...receivers.map((receiver) => ssc.receiverStream(receiver))).foreachPartition(records.write);
await ssc.start();
await ssc.awaitTermination();
