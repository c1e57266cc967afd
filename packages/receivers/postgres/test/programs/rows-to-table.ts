// A program that a test kills: the rows of a table, as rows of another table that only grows. Arguments: port of the server,
// schema, directory.
import { join } from 'node:path';
import { SinkWriter } from '@millrace/core';
import { StreamingContext } from '@millrace/engine';
import { sqliteSink } from '@millrace/sink-sqlite';
import { fileWriteAheadLog } from '@millrace/wal';
import { postgresRows } from '../../src/index.ts';

const [port = '', schema = '', directory = ''] = process.argv.slice(2);
const ssc = new StreamingContext({
  appName: 'rows-to-table',
  batchIntervalMs: 100,
  logLevel: 'warn',
  checkpointDirectory: join(directory, 'checkpoints'),
  plugins: [fileWriteAheadLog({ directory: join(directory, 'log') })],
  receiving: { restartDelayMs: 100, restartDelayMaxMs: 500, blockIntervalMs: 50 },
  tracking: { minRestartDelayMs: 100, maxRestartDelayMs: 500 },
});
const rows = new SinkWriter(
  sqliteSink<{ readonly id: string }>({
    file: join(directory, 'rows.db'),
    table: 'records',
    columns: ['id'],
  }),
);
ssc
  .receiverStream(
    postgresRows<{ readonly id: string }>({
      host: '127.0.0.1',
      port: Number(port),
      schema,
      table: 'records',
      columns: ['id'],
      key: 'id',
      transaction: 'txid',
      channel: schema,
      pollIntervalMs: 50,
      maxBytesInFlight: 8_192,
    }),
  )
  .foreachPartition(rows.write);
await ssc.start();
await ssc.awaitTermination();
