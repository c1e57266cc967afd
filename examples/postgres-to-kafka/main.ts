// PostgreSQL changes → Kafka. Every insert, update and delete of the table `stock` becomes a message with the key of the row; the
// messages of one row are in the order of the commits. PostgreSQL keeps the changes until the log of the engine has them. The sink writes each batch in one
// transaction of Kafka, so a reader of committed messages sees each change once, also after a kill and a restart.
//
//   DATABASE_URL=postgres://postgres@127.0.0.1:5432/postgres KAFKA=127.0.0.1:9092 node main.ts DIRECTORY
import { join } from 'node:path';
import { Logger, PinoLogger, provide, SinkWriter } from '@millrace/core';
import { dashboard } from '@millrace/dashboard';
import { formatStopReport, StreamingContext } from '@millrace/engine';
import { type PostgresChange, postgresChanges } from '@millrace/receiver-postgres';
import { kafkaSink } from '@millrace/sink-kafka';
import { fileWriteAheadLog } from '@millrace/wal';

const [directory] = process.argv.slice(2);
const { KAFKA: broker, DATABASE_URL: url } = process.env;
if (directory === undefined || broker === undefined || url === undefined) {
  process.stderr.write('usage: DATABASE_URL=postgres://… KAFKA=HOST:PORT node main.ts DIRECTORY\n');
  process.exit(1);
}

const changes = new SinkWriter(
  kafkaSink<PostgresChange>({ brokers: [broker], topic: 'stock-changes', create: true }, (change) => ({
    key: String((change.row ?? change.old)?.['sku']),
    value: { operation: change.operation, row: change.row },
  })),
);

const ssc = new StreamingContext({
  appName: 'stock-changes',
  batchIntervalMs: 250,
  checkpointDirectory: join(directory, 'checkpoints'),
  plugins: [
    fileWriteAheadLog({ directory: join(directory, 'log') }),
    dashboard(),
    provide(Logger, new PinoLogger({ level: 'warn' })),
  ],
});

ssc
  .receiverStream(postgresChanges({ url, publication: 'stock', slot: 'stock_changes', create: true }))
  // One partition, and so one transaction of Kafka for each batch.
  .transform((rdd) => rdd.coalesce(1))
  .foreachPartition(changes.write);

ssc.stopOnSignals({ onStopped: (report) => process.stderr.write(`${formatStopReport(report)}\n`) });
await ssc.start({ awaitReceivers: 30_000 });
// A reader that goes away does not end the program.
process.stdout.on('error', () => undefined).write('ready\n');
await ssc.awaitTermination();
await changes.close();
