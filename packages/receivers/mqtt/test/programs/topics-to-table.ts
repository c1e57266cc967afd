// A program that a test kills: topics at quality of service 1, as rows of a table with one row for each id. Arguments: port of the
// broker, name of topics and session, version of the protocol, directory.
import { join } from 'node:path';
import { provide, SinkWriter, Storage } from '@millrace/core';
import { StreamingContext } from '@millrace/engine';
import { sqliteSink } from '@millrace/sink-sqlite';
import { fileWriteAheadLog } from '@millrace/wal';
import { mqttTopics, type MqttTopicsInput } from '../../src/index.ts';
import { SlowStorage } from './slow-storage.ts';

const [port = '', name = '', version = '', directory = ''] = process.argv.slice(2);
const ssc = new StreamingContext({
  appName: 'topics-to-table',
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
const records = mqttTopics<{ readonly id: number }>({
  host: '127.0.0.1',
  port: Number(port),
  topics: [`${name}/#`],
  clientId: name,
  protocolVersion: version as MqttTopicsInput['protocolVersion'] & string,
  keepAliveMs: 2_000,
  maxBytesInFlight: 8_192,
});
ssc.receiverStream(records).foreachPartition(rows.write);
await ssc.start();
await ssc.awaitTermination();
