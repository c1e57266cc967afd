// A program that a test kills: a queue, as rows of a table with one row for each id. Arguments: port of the
// broker, name of the queue, directory.
import { join } from 'node:path';
import { provide, SinkWriter, Storage } from '@millrace/core';
import { StreamingContext } from '@millrace/engine';
import { sqliteSink } from '@millrace/sink-sqlite';
import { fileWriteAheadLog } from '@millrace/wal';
import { amqpQueue } from '../../src/index.ts';
import { SlowStorage } from './slow-storage.ts';

const [port = '', queue = '', directory = ''] = process.argv.slice(2);
const ssc = new StreamingContext({
  appName: 'queue-to-table',
  // A batch writes several files, and each write waits: with shorter intervals a busy machine never catches up, and makes up
  // empty batches for minutes while the result stands still.
  batchIntervalMs: 1_000,
  logLevel: 'warn',
  checkpointDirectory: join(directory, 'checkpoints'),
  plugins: [fileWriteAheadLog({ directory: join(directory, 'log') }), provide(Storage, new SlowStorage())],
  receiving: { restartDelayMs: 100, restartDelayMaxMs: 500, blockIntervalMs: 50 },
  tracking: { minRestartDelayMs: 100, maxRestartDelayMs: 500 },
});
const rows = new SinkWriter(
  sqliteSink<{ readonly id: number }>({
    file: join(directory, 'rows.db'),
    table: 'records',
    columns: ['id'],
    key: ['id'],
  }),
);
const records = amqpQueue<{ readonly id: number }>({
  host: '127.0.0.1',
  port: Number(port),
  queue,
  maxBytesInFlight: 8_192,
});
ssc.receiverStream(records).foreachPartition(rows.write);
await ssc.start();
await ssc.awaitTermination();
