// A program that a test kills: the changes of a publication, as rows of a table that only grows. Writing takes its time, so an
// acknowledgement that comes too early is noticed. Arguments: port of the server, slot and publication, directory.
import { join } from 'node:path';
import { provide, SinkWriter, Storage } from '@millrace/core';
import { StreamingContext } from '@millrace/engine';
import { sqliteSink } from '@millrace/sink-sqlite';
import { fileWriteAheadLog } from '@millrace/wal';
import { postgresChanges } from '../../src/index.ts';
import { SlowStorage } from './slow-storage.ts';

const [port = '', name = '', directory = ''] = process.argv.slice(2);
const ssc = new StreamingContext({
  appName: 'changes-to-table',
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
  }),
);
ssc
  .receiverStream(
    postgresChanges<{ readonly id: number }>({
      host: '127.0.0.1',
      port: Number(port),
      slot: name,
      publication: name,
    }),
  )
  .map(({ row }) => ({ id: row?.id ?? -1 }))
  .foreachPartition(rows.write);
await ssc.start();
await ssc.awaitTermination();
