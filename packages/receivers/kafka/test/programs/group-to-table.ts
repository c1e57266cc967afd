// A program that a test kills: a topic through a consumer group, as rows of a table with one row for each id. Two receivers
// share the partitions. Arguments: port of the broker, topic, directory, protocol of the group.
import { join } from 'node:path';
import { provide, SinkWriter, Storage } from '@millrace/core';
import { StreamingContext } from '@millrace/engine';
import { sqliteSink } from '@millrace/sink-sqlite';
import { fileWriteAheadLog } from '@millrace/wal';
import { kafkaGroup } from '../../src/index.ts';
import { SlowStorage } from './slow-storage.ts';

const [port = '', topic = '', directory = '', protocol = ''] = process.argv.slice(2);
const ssc = new StreamingContext({
  appName: 'group-to-table',
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
const member = (instanceId: string) =>
  ssc.receiverStream(
    kafkaGroup<{ readonly id: number }>({
      host: '127.0.0.1',
      port: Number(port),
      group: topic,
      topics: [topic],
      // By the protocol `consumer` a killed member keeps its name until its session ends.
      ...(protocol === 'consumer' ? { groupProtocol: protocol } : { instanceId }),
      sessionTimeoutMs: 6_000,
      maxBytesInFlight: 8_192,
    }),
  );
ssc.union(member('first'), member('second')).foreachPartition(rows.write);
await ssc.start();
await ssc.awaitTermination();
