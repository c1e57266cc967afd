// A program with batches that take long, before a server with many waiting messages. Prints the heap after each batch, in bytes.
// Arguments: port, directory. Run with --expose-gc.
import { setTimeout } from 'node:timers/promises';
import { join } from 'node:path';
import { StreamingContext } from '@millrace/engine';
import { fileWriteAheadLog } from '@millrace/wal';
import { webSocketMessages } from '../../src/index.ts';

const BATCH_MS = 1_500;

const [port = '', directory = ''] = process.argv.slice(2);
const ssc = new StreamingContext({
  appName: 'slow-batches',
  batchIntervalMs: 200,
  logLevel: 'warn',
  checkpointDirectory: join(directory, 'checkpoints'),
  plugins: [fileWriteAheadLog({ directory: join(directory, 'log') })],
});
const records = webSocketMessages({ url: `ws://127.0.0.1:${port}/` });
let seen = 0;
ssc.receiverStream(records).foreachRDD(async (rdd) => {
  seen += await rdd.count();
  await setTimeout(BATCH_MS);
  globalThis.gc?.();
  const { heapUsed, external, arrayBuffers } = process.memoryUsage();
  process.stdout.write(`${JSON.stringify({ seen, heapUsed, external, arrayBuffers })}\n`);
});
await ssc.start();
await ssc.awaitTermination();
