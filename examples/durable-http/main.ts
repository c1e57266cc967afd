// Durable ingestion in one file: records over HTTP into a write-ahead log, from there in batches into SQLite. A request
// is answered with success when its records are in the log; a batch that runs twice is written once. After a kill at
// any instant and a restart, every answered record is in the database, exactly once.
//
// The dashboard is at http://127.0.0.1:4040/, or at the next free port.
//
//   node main.ts DIR PORT        try: curl -d '[{"id":1,"value":10}]' -H 'content-type: application/json' localhost:PORT
import { subscribe } from 'node:diagnostics_channel';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Logger, PinoLogger, provide, SinkWriter } from '@millrace/core';
import { dashboard, type DashboardListening, LISTENING_CHANNEL } from '@millrace/dashboard';
import { formatStopReport, StreamingContext } from '@millrace/engine';
import { httpRecords } from '@millrace/receiver-http';
import { sqliteSink } from '@millrace/sink-sqlite';
import { fileWriteAheadLog } from '@millrace/wal';

/** The records of clients. */
interface Reading {
  readonly id: number;
  readonly value: number;
}

const [directory, port] = process.argv.slice(2);
if (directory === undefined || !(Number(port) > 0)) {
  process.stderr.write('usage: node main.ts DIRECTORY PORT\n');
  process.exit(1);
}
mkdirSync(directory, { recursive: true });
const file = join(directory, 'readings.db');
const readings = new SinkWriter(
  sqliteSink<Reading>({ file, table: 'readings', columns: ['id', 'value'], ledgerTable: 'readings_ledger' }),
);
const sums = new SinkWriter(
  sqliteSink<{ bucket: number; sum: number }>({
    file,
    table: 'sums',
    columns: ['bucket', 'sum'],
    ledgerTable: 'sums_ledger',
  }),
);

subscribe(LISTENING_CHANNEL, (message) => {
  process.stderr.write(`dashboard: ${(message as DashboardListening).url}\n`);
});

const ssc = new StreamingContext({
  appName: 'readings',
  batchIntervalMs: 100,
  checkpointDirectory: join(directory, 'checkpoints'),
  receiving: { blockIntervalMs: 20 },
  plugins: [
    fileWriteAheadLog({ directory: join(directory, 'wal') }),
    dashboard(),
    provide(Logger, new PinoLogger({ level: 'warn' })),
  ],
});

const stream = ssc.receiverStream(httpRecords<Reading>({ port: Number(port) }));
stream.foreachPartition(readings.write);
stream
  .map(({ id, value }) => [id % 10, value])
  .reduceByKey((a, b) => a + b)
  .map(([bucket, sum]) => ({ bucket, sum }))
  .foreachPartition(sums.write);

ssc.stopOnSignals({ onStopped: (report) => process.stderr.write(`${formatStopReport(report)}\n`) });
// Ready means that the receiver listens.
await ssc.start({ awaitReceivers: 30_000 });
// A reader that goes away does not end a server.
process.stdout.on('error', () => undefined).write('ready\n');
await ssc.awaitTermination();
await Promise.all([readings.close(), sums.close()]);
