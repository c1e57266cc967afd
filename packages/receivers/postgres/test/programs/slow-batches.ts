// A program with batches that take long, before a table with many waiting rows. Prints the heap after each batch, in bytes.
// Arguments: `changes` or `rows`, port, schema, directory, bytes in flight. Run with --expose-gc.
import { setTimeout } from 'node:timers/promises';
import { join } from 'node:path';
import { StreamingContext } from '@millrace/engine';
import { fileWriteAheadLog } from '@millrace/wal';
import { postgresChanges, postgresRows } from '../../src/index.ts';

const BATCH_MS = 1_500;

const [kind = '', port = '', schema = '', directory = '', bytes = ''] = process.argv.slice(2);
const ssc = new StreamingContext({
  appName: 'slow-batches',
  batchIntervalMs: 200,
  logLevel: 'warn',
  checkpointDirectory: join(directory, 'checkpoints'),
  plugins: [fileWriteAheadLog({ directory: join(directory, 'log') })],
  // The records of changes wait in the engine; the receiver holds one read of the socket.
  receiving: { maxBytesPerBlock: Number(bytes) / 4, maxHeldBytes: Number(bytes) },
  backPressure: { initialRate: 2_000 },
});
const place = { host: '127.0.0.1', port: Number(port) };
const table = { schema, table: 'records', key: 'id', transaction: 'txid', columns: ['id', 'note'] };
const records =
  kind === 'changes'
    ? postgresChanges({ ...place, slot: schema, publication: schema })
    : postgresRows({ ...place, ...table, maxBytesInFlight: Number(bytes) });
let seen = 0;
ssc.receiverStream<unknown>(records).foreachRDD(async (rdd) => {
  const count = await rdd.count();
  // Batches from before the first row would only delay the measurement.
  if (count === 0) return;
  seen += count;
  await setTimeout(BATCH_MS);
  globalThis.gc?.();
  const { heapUsed, external, arrayBuffers } = process.memoryUsage();
  process.stdout.write(`${JSON.stringify({ seen, heapUsed, external, arrayBuffers })}\n`);
});
await ssc.start();
await ssc.awaitTermination();
