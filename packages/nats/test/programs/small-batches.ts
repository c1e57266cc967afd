// A program for figures: batches of one record and one task, then empty batches. The driver prints the middle of their times from
// the tick to the end, in ms, as JSON. Arguments: servers, appName, the number of batches of each kind.
import { Logger, PinoLogger, provide } from '@millrace/core';
import { StreamingContext } from '@millrace/engine';
import { nats } from '@millrace/nats';

const [servers = '', app = '', count = '0'] = process.argv.slice(2);
const COUNT = Number(count);
const WARM_UP = 20;
const BATCH_MS = 100;

const ssc = new StreamingContext({
  appName: app,
  batchIntervalMs: BATCH_MS,
  tracking: { minExecutors: 1, executorReadinessTimeoutMs: 60_000 },
  plugins: [
    ...nats({ servers, app, syncVerified: 'by-operator', hosts: { program: import.meta.url } }),
    provide(Logger, new PinoLogger({ level: 'error' })),
  ],
});
const queue = Array.from({ length: ssc.isDriver ? WARM_UP + COUNT : 0 }, (_, batch) => [batch]);
ssc.queueStream(queue, { partitions: 1 }).foreachRDD((rdd) => rdd.collect());

const times = { task: [] as number[], empty: [] as number[] };
let batches = 0;
ssc.on('batch:completed', ({ batch: { phases, recordCount } }) => {
  batches += 1;
  if (batches <= WARM_UP) return;
  const { allocateMs, generateMs, queueMs, processMs } = phases;
  times[recordCount > 0 ? 'task' : 'empty'].push(allocateMs + generateMs + queueMs + processMs);
  if (times.empty.length === COUNT) void ssc.stop();
});

const middle = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

if (ssc.isDriver) {
  await ssc.start();
  await ssc.awaitTermination();
  process.stdout.write(`${JSON.stringify({ task: middle(times.task), empty: middle(times.empty) })}\n`);
} else await ssc.start();
