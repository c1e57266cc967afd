// The speed-up of a CPU-bound job on two threads over one thread. The program prints the median processing time of a
// batch, and the complete CPU time per batch of the busiest executor: on a machine with other load, the second figure
// is the one to compare. With an interval that leaves the executors little idle time, the scheduling delays show
// whether the driver keeps its times meanwhile.
//
//   node --conditions=millrace:source packages/threads/test/programs/speed-up.ts 'local[1]'
//   node --conditions=millrace:source packages/threads/test/programs/speed-up.ts 'local[2]'
//   node --conditions=millrace:source packages/threads/test/programs/speed-up.ts 'local[2]' 110
import { threadId } from 'node:worker_threads';
import { Logger, NoopLogger, provide } from '@millrace/core';
import { type Master, StreamingContext } from '@millrace/engine';
import { threads } from '@millrace/threads';

const [master = 'local[1]', interval = '50'] = process.argv.slice(2);
/** The first batches warm the compiler up on every executor. */
const WARM_UP = 5;
const BATCHES = 20;
const NUMBERS_PER_TASK = 100_000;

/** CPU-bound work: the steps of a Collatz sequence. */
function steps(start: number): number {
  let count = 0;
  for (let n = start; n !== 1; n = n % 2 === 0 ? n / 2 : 3 * n + 1) count += 1;
  return count;
}

const ssc = new StreamingContext({
  appName: 'speed-up',
  batchIntervalMs: Number(interval),
  master: master as Master,
  plugins: [threads({ program: import.meta.url, cores: 1 }), provide(Logger, new NoopLogger())],
});
/** The CPU milliseconds of each thread so far, at the end of each of its measured tasks. */
const busy = new Map<number, number[]>();
const times: number[] = [];
const delays: number[] = [];

ssc
  .queueStream([], { defaultEntry: [0, 1, 2, 3, 4, 5, 6, 7], partitions: 8 })
  .mapPartitions(() => {
    let most = 0;
    for (let n = 1; n <= NUMBERS_PER_TASK; n += 1) most = Math.max(most, steps(n));
    const { user, system } = process.threadCpuUsage();
    return [[threadId, (user + system) / 1_000, most]];
  })
  .foreachRDD(async (rdd) => {
    for (const [thread = 0, cpuMs = 0] of await rdd.collect()) {
      if (times.length >= WARM_UP) busy.set(thread, [...(busy.get(thread) ?? []), cpuMs]);
    }
  });

const done = Promise.withResolvers<void>();
ssc.on('batch:completed', ({ batch }) => {
  times.push(batch.processingDelayMs ?? 0);
  delays.push(batch.schedulingDelayMs ?? 0);
  if (times.length === BATCHES) done.resolve();
});
await ssc.start();
await done.promise;
await ssc.stop({ graceful: false });
const measured = times.slice(WARM_UP, BATCHES).toSorted((a, b) => a - b);
const median = measured[measured.length >> 1] ?? 0;
const late = delays.slice(WARM_UP, BATCHES).map((ms) => ms.toFixed(0));
// From the first measured task of a thread to its last: all but one of the thread's tasks are in between.
const spent = [...busy.values()].map((at) => {
  return ((Math.max(...at) - Math.min(...at)) * at.length) / (at.length - 1);
});
const busiest = Math.max(...spent) / (times.length - WARM_UP);
process.stdout.write(
  `${master}: ${median.toFixed(0)} ms a batch, ${busiest.toFixed(0)} ms CPU in the busiest of ${busy.size} executors\n` +
    `scheduling delays: ${late.join(' ')} ms\n`,
);
