// A program for tests: a job that takes most of its interval on one thread until the test sees a second thread start,
// and then hardly any time, until the second thread is gone. Prints the numbers of threads as JSON.
import { threadId } from 'node:worker_threads';
import { Logger, NoopLogger, provide } from '@millrace/core';
import { StreamingContext } from '@millrace/engine';
import { threads } from '@millrace/threads';

const BATCH_MS = 100;
/** The cost of a task of a busy batch: four such tasks exceed the capacity of one thread in an interval. */
const BUSY_MS = 40;

const ssc = new StreamingContext({
  appName: 'allocation',
  batchIntervalMs: BATCH_MS,
  master: 'local[1]',
  executorAllocation: { maxExecutors: 2, scalingIntervalMs: 500 },
  batches: { maxPendingBatches: 1_000 },
  plugins: [threads({ program: import.meta.url, cores: 1 }), provide(Logger, new NoopLogger())],
});
/** The work of each batch; the queue sends the work to the executors. */
const queue: number[][] = [];
const places: number[] = [];
let sum = 0;
ssc
  .queueStream(queue, { partitions: 4, defaultEntry: [0, 0, 0, 0] })
  .mapPartitions((records) => {
    const works = [...records];
    for (const busyMs of works) {
      const until = performance.now() + busyMs;
      while (performance.now() < until);
    }
    return works.map(() => threadId);
  })
  .foreachRDD(async (rdd) => {
    const ids = await rdd.collect();
    sum += ids.length;
    places.splice(0, places.length, ...new Set(ids));
  });

let [made, failed] = [0, 0];
const sizes: number[] = [];
const [grown, shrunk] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
let isBusy = true;
ssc.on('batch:completed', ({ batch }) => {
  made += 1;
  if (batch.outcome !== 'succeeded') failed += 1;
  if (sizes.at(-1) !== places.length) sizes.push(places.length);
  if (isBusy) queue.push([BUSY_MS, BUSY_MS, BUSY_MS, BUSY_MS]);
  if (places.length === 2) grown.resolve();
  else if (!isBusy) shrunk.resolve();
});
for (let batch = 0; batch < 5; batch += 1) queue.push([BUSY_MS, BUSY_MS, BUSY_MS, BUSY_MS]);
await ssc.start();
await grown.promise;
isBusy = false;
await shrunk.promise;
const { isClean } = await ssc.stop();
process.stdout.write(`${JSON.stringify({ isClean, failed, sizes, isWhole: sum === made * 4 })}\n`);
