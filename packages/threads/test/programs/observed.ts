// A program for tests: an observed engine, on threads or in one process; prints the newest reading and the events of
// executors as JSON. All code before `start()` runs on every executor as well.
//
//   observed.ts MASTER
import { isMainThread } from 'node:worker_threads';
import { defineReceiver, Logger, noOptions, PinoLogger, provide, type StreamingEvents } from '@millrace/core';
import { type Master, StreamingContext } from '@millrace/engine';
import { threads } from '@millrace/threads';

const [master = 'local'] = process.argv.slice(2) as [Master?];

const source = defineReceiver({
  name: 'source',
  contract: 1,
  capabilities: {
    ack: 'individual',
    replayable: false,
    ordering: 'per-stream',
    pause: true,
    bounded: false,
    format: 'records',
    touches: [],
  },
  options: noOptions,
  // The source never gets its acknowledgement, so its records stay unacknowledged.
  create: () => ({
    start: (context) => {
      for (let record = 0; record < 7; record += 1) context.store(record, record);
    },
    stop: () => undefined,
    acknowledge: () => new Promise<void>(() => undefined),
    gauges: () => ({ lagRecords: isMainThread ? 1 : 2 }),
  }),
});

const ssc = new StreamingContext({
  appName: 'observed',
  batchIntervalMs: 50,
  master,
  receiving: { blockIntervalMs: 10, receiverCallTimeoutMs: 60_000 },
  plugins: [threads({ program: import.meta.url }), provide(Logger, new PinoLogger({ level: 'silent' }))],
});
ssc.receiverStream(source({})).foreachPartition(() => undefined);

const added: StreamingEvents['executor:added']['executor'][] = [];
ssc.on('executor:added', ({ executor }) => void added.push(executor));

await ssc.start({ awaitReceivers: 30_000 });
// The driver is late once, behind the first reading.
ssc.gauges.read();
const begun = performance.now();
while (performance.now() - begun < 300);
await new Promise((resolve) => setTimeout(resolve, 1_200));
ssc.gauges.read();
await new Promise((resolve) => setTimeout(resolve, 1_200));
const reading = ssc.gauges.read();
await ssc.stop({ graceful: false });
process.stdout.write(JSON.stringify({ reading, added }));
process.exit(0);
