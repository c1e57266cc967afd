// A program that a test kills: a stream through a consumer, as rows of a table with one row for each id. Two receivers share
// the consumer. Arguments: port of the server, stream, directory.
import { join } from 'node:path';
import { provide, SinkWriter, Storage } from '@millrace/core';
import { StreamingContext } from '@millrace/engine';
import { sqliteSink } from '@millrace/sink-sqlite';
import { fileWriteAheadLog } from '@millrace/wal';
import { jetstreamRecords } from '../../src/index.ts';
import { SlowStorage } from './slow-storage.ts';

const [port = '', stream = '', directory = ''] = process.argv.slice(2);
const ssc = new StreamingContext({
  appName: 'records-to-table',
  // Each write of a batch waits: with shorter intervals a busy machine never catches up.
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
const member = () =>
  ssc.receiverStream(
    jetstreamRecords<{ readonly id: number }>({
      host: '127.0.0.1',
      port: Number(port),
      stream,
      consumer: 'table',
      create: true,
      ackWaitMs: 1_500,
      maxBytesInFlight: 16_384,
    }),
  );
ssc.union(member(), member()).foreachPartition(rows.write);
await ssc.start();
await ssc.awaitTermination();
