// MQTT → Parquet. Readings of sensors become Parquet files, one for each batch. The broker keeps a reading until the log has the
// reading, and a file is written once, however often its batch runs. A reading that comes twice, as MQTT may deliver after a
// broken connection, is left out by sensor and number.
//
//   node main.ts DIRECTORY PORT      try: mosquitto_pub -q 1 -t sensors/7 -m '{"sensor":"7","number":1,"atMs":0,"celsius":21.5}'
import { join } from 'node:path';
import { Logger, PinoLogger, provide, SinkWriter } from '@millrace/core';
import { dashboard } from '@millrace/dashboard';
import { formatStopReport, StreamingContext } from '@millrace/engine';
import { mqttTopics } from '@millrace/receiver-mqtt';
import { filesSink } from '@millrace/sink-files';
import { fileWriteAheadLog } from '@millrace/wal';

/** A message of a sensor. */
interface Reading {
  readonly sensor: string;
  /** Counts the readings of the sensor. */
  readonly number: number;
  readonly atMs: number;
  readonly celsius: number;
}

/** A row of the files. */
interface Row {
  readonly sensor: string;
  readonly number: number;
  readonly at: Date;
  readonly celsius: number;
}

const HOUR_MS = 3_600_000;

const [directory, port] = process.argv.slice(2);
if (directory === undefined || !(Number(port) > 0)) {
  process.stderr.write('usage: node main.ts DIRECTORY PORT-OF-THE-BROKER\n');
  process.exit(1);
}

const files = new SinkWriter(
  filesSink<Row>({
    directory: join(directory, 'readings'),
    format: 'parquet',
    columns: [
      'sensor',
      { name: 'number', type: 'int64' },
      { name: 'at', type: 'timestamp' },
      { name: 'celsius', type: 'double' },
    ],
  }),
);

const ssc = new StreamingContext({
  appName: 'readings',
  batchIntervalMs: 1_000,
  checkpointDirectory: join(directory, 'checkpoints'),
  plugins: [
    fileWriteAheadLog({ directory: join(directory, 'log') }),
    dashboard(),
    provide(Logger, new PinoLogger({ level: 'warn' })),
  ],
});

ssc
  .receiverStream(
    mqttTopics<Reading>({
      host: 'localhost',
      port: Number(port),
      topics: ['sensors/#'],
      clientId: 'millrace-readings',
    }),
  )
  .dropDuplicates(({ sensor, number }) => `${sensor}/${number}`, { withinMs: HOUR_MS })
  .map(({ sensor, number, atMs, celsius }) => ({ sensor, number, at: new Date(atMs), celsius }))
  .transform((rdd) => rdd.coalesce(1))
  .foreachPartition(files.write);

ssc.stopOnSignals({ onStopped: (report) => process.stderr.write(`${formatStopReport(report)}\n`) });
await ssc.start({ awaitReceivers: 30_000 });
// A reader that goes away does not end the program.
process.stdout.on('error', () => undefined).write('ready\n');
await ssc.awaitTermination();
await files.close();
