// A program for tests: looks numbers up in a server, on threads or in one process, and prints the results as JSON. The
// server never answers a request for the number -1, and refuses the number -2. All code before `start()` runs on every
// executor as well.
import { threadId } from 'node:worker_threads';
import { Logger, PinoLogger, provide } from '@millrace/core';
import { type Master, StreamingContext } from '@millrace/engine';
import { threads } from '@millrace/threads';

const [master = 'local', port = '', mode = 'all'] = process.argv.slice(2) as [Master?, string?, string?];
const COUNT = 200;

const ssc = new StreamingContext({
  appName: 'lookups',
  batchIntervalMs: 100,
  master,
  defaultParallelism: 4,
  batches: { maxAttempts: 1, onBatchFailure: 'skip' },
  tasks: { maxFailures: 1 },
  plugins: [threads({ program: import.meta.url }), provide(Logger, new PinoLogger({ level: 'silent' }))],
});

const numbers = Array.from({ length: COUNT }, (_, n) => n);
const records = mode === 'all' ? numbers : mode === 'fail' ? [-1, -1, -1, -2] : [-1, -1, -1, -1];
const done = Promise.withResolvers<readonly [number, number, number][]>();
ssc
  .queueStream([records], { partitions: 4 })
  .mapAsync(
    async (n, { signal, batch }) => {
      const url = `http://127.0.0.1:${port}/${n}?key=${encodeURIComponent(batch.key)}`;
      const answer = Number(await (await fetch(url, { signal })).text());
      if (n === -2) throw new RangeError('refused');
      return [n % 5, answer];
    },
    { concurrency: 8 },
  )
  .uid('lookups')
  .reduceByKey((a, b) => a + b)
  .mapAsync(async ([key, sum]): Promise<[number, number, number]> => [key, sum, threadId])
  .foreachRDD(async (rdd) => {
    const sums = await rdd.collect();
    if (sums.length > 0) done.resolve(sums);
  });

await ssc.start();
if (mode === 'all') {
  const sums = await done.promise;
  const { isClean } = await ssc.stop();
  const places = new Set(sums.map(([, , place]) => place)).size;
  const total = sums.reduce((all, [, sum]) => all + sum, 0);
  process.stdout.write(JSON.stringify({ isClean, total, keys: sums.length, threads: places }));
} else if (mode === 'fail') {
  // The engine goes on with the next batches: only the job of the failed batch has ended.
  await fetch(`http://127.0.0.1:${port}/aborted`);
  const { isClean } = await ssc.stop();
  process.stdout.write(JSON.stringify({ isClean }));
} else {
  await fetch(`http://127.0.0.1:${port}/waiting`);
  await ssc.stop({ graceful: false });
  process.stdout.write(JSON.stringify({ stopped: true }));
}
