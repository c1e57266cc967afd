// A program for tests: counts the words of lines from two receivers on executors of hosts, and prints the counts as JSON. All
// code before `start()` runs on every executor as well. Arguments: servers, appName, executors to wait for,
// lines, the longest wait for executors.
import { threadId } from 'node:worker_threads';
import { defineReceiver, Logger, noOptions, PinoLogger, provide, type Receiver } from '@millrace/core';
import { StreamingContext } from '@millrace/engine';
import { natsHosts } from '@millrace/nats';

const [servers = '', app = 'words', executors = '4', lineCount = '2000', readinessMs = '60000'] =
  process.argv.slice(2);
const LINES = Number(lineCount);

/** Stores numbered lines, then reports completion. */
const lines = defineReceiver({
  name: 'lines',
  contract: 1,
  capabilities: {
    ack: 'none',
    replayable: false,
    ordering: 'per-stream',
    pause: true,
    bounded: true,
    format: 'records',
    touches: [],
  },
  options: noOptions,
  create: (): Receiver<string> => ({
    start: async (context) => {
      for (let n = 0; n < LINES; n += 1) {
        if (!context.store(`line ${n % 7} of thread ${n % 3}`)) await context.ready();
      }
      context.stop('all lines are stored');
    },
    stop: () => undefined,
  }),
});

const ssc = new StreamingContext({
  appName: app,
  batchIntervalMs: 200,
  defaultParallelism: 4,
  tracking: { minExecutors: Number(executors), executorReadinessTimeoutMs: Number(readinessMs) },
  plugins: [natsHosts({ servers, restartDelayMs: 200 }), provide(Logger, new PinoLogger({ level: 'warn' }))],
});
const counts = new Map<string, number>();
const places = new Set<string>();
ssc
  .union(ssc.receiverStream(lines({})), ssc.receiverStream(lines({})))
  .flatMap((line) => line.split(' '))
  .map((word) => [word, 1])
  .reduceByKey((left, right) => left + right)
  .mapPartitions((pairs) =>
    Array.from(pairs, ([word, count]): [string, number, string] => [
      word,
      count,
      `${process.pid}/${threadId}`,
    ]),
  )
  .foreachRDD(async (rdd) => {
    for (const [word, count, place] of await rdd.collect()) {
      counts.set(word, (counts.get(word) ?? 0) + count);
      places.add(place);
    }
  });

await ssc.start();
if (!ssc.isDriver) throw new Error('start() returned on an executor');
await ssc.awaitSourcesEnded();
const { isClean } = await ssc.stop();
const words = Object.fromEntries([...counts].toSorted(([a], [b]) => (a < b ? -1 : 1)));
process.stdout.write(`${JSON.stringify({ isClean, words, places: [...places].toSorted() })}\n`);
