// A program that a test kills: a stream by sequence, as rows of a table that only grows. Arguments: port of the server, stream,
// directory.
import { join } from 'node:path';
import { SinkWriter } from '@millrace/core';
import { StreamingContext } from '@millrace/engine';
import { sqliteSink } from '@millrace/sink-sqlite';
import { fileWriteAheadLog } from '@millrace/wal';
import { jetstreamStream } from '../../src/index.ts';

const [port = '', stream = '', directory = ''] = process.argv.slice(2);
const ssc = new StreamingContext({
  appName: 'stream-to-table',
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
const options = { host: '127.0.0.1', port: Number(port), stream, maxBytesInFlight: 8_192 };
ssc.receiverStream(jetstreamStream<{ readonly id: number }>(options)).foreachPartition(rows.write);
await ssc.start();
await ssc.awaitTermination();
