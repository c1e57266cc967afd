// A program for tests with event-time windows, on threads or in one process: two sources out of order, tumbling,
// sliding and session windows over these, and the late records; duplicates and joins. The program runs a fixed number of batches and prints
// the results of each batch as JSON. All code before `start()` runs on every executor as well.
//
//   event-time.ts MASTER
import { isMainThread, threadId } from 'node:worker_threads';
import { Logger, PinoLogger, provide } from '@millrace/core';
import { type DStream, type EventTimeStream, type EventTimeWindows, type Master, StreamingContext } from '@millrace/engine'; // prettier-ignore
import { threads } from '@millrace/threads';

const [master = 'local'] = process.argv.slice(2) as Master[];
const BATCHES = 12;
const RECORDS = 40;
const KEYS = 7;

/** The numbers of a batch of one source. Time advances by 40 per batch; one record in nine is far too old. */
function batchOf(source: number, batch: number): number[][] {
  return Array.from({ length: RECORDS }, (_, index) => {
    const n = batch * RECORDS + index;
    const atMs = batch * 40 + ((n * 17) % 40) - ((n + source) % 9 === 0 ? 190 : 0);
    return [(n * n + source) % KEYS, atMs];
  });
}

const ssc = new StreamingContext({
  appName: 'event-time',
  batchIntervalMs: 100,
  master,
  defaultParallelism: 4,
  plugins: [threads({ program: import.meta.url }), provide(Logger, new PinoLogger({ level: 'error' }))],
});
const places = new Set<number>();

/** The driver distributes the content of the queue; executors receive the content with their tasks. */
function eventsOf(source: number): EventTimeStream<[number, number]> {
  const queue = Array.from({ length: ssc.isDriver ? BATCHES : 0 }, (_, batch) => batchOf(source, batch));
  return ssc
    .queueStream(queue, { partitions: 3 })
    .assignTimestamps(([, atMs = 0]) => atMs, { outOfOrdernessMs: 10 * (source + 1) })
    .map(([key = 0, atMs = 0]) => [key, atMs]);
}

type Windows = (events: EventTimeStream<[number, number]>) => EventTimeWindows<[number, number]>;
const rules: Readonly<Record<string, Windows>> = {
  tumbling: (events) => events.tumbling(50),
  sliding: (events) => events.sliding(60, 20).allowedLateness(40),
  session: (events) => events.session(3).allowedLateness(10),
  'by a clock': (events) => events.tumbling(50, { offsetMs: 7, timeZone: 'Asia/Kathmandu' }),
};

const [left, right] = [eventsOf(0), eventsOf(1)] as const;
const events = left.union(right);
const results: Record<string, string[][]> = {};
let done = 0;

/** Takes the records of every batch, with the threads that made the records. */
function take(kind: string, stream: DStream<[number, unknown]>): void {
  stream.foreachRDD(async (rdd) => {
    const records = await rdd.collect();
    for (const [place] of records) places.add(place);
    (results[kind] ??= []).push(records.map(([, record]) => JSON.stringify(record)).toSorted());
  });
}

const here = (record: unknown): [number, unknown] => [threadId, record];
for (const [name, windows] of Object.entries(rules)) {
  const counted = windows(events).aggregateByKey(
    () => ({ count: 0, sum: 0 }),
    ({ count, sum }, atMs) => ({ count: count + 1, sum: sum + atMs }),
    (one, other) => ({ count: one.count + other.count, sum: one.sum + other.sum }),
  );
  take(name, counted.map(here));
  take(`${name} late`, counted.lateRecords().map(here));
}
const once = { withinMs: 30 };
const span = { beforeMs: 5, afterMs: 10 };
take('once', events.dropDuplicates(([key]) => key, once).records.map(here));
take('once in two batches', events.records.dropDuplicates(([key]) => key, { withinMs: 100 }).map(here));
take('joined', left.joinWithin(right, span).map(here));
take('joined or alone', left.leftOuterJoinWithin(right, span).map(here));
events.watermarks.foreachRDD(async (rdd) => {
  (results['watermarks'] ??= []).push((await rdd.collect()).map(({ afterMs }) => String(afterMs)));
  done += 1;
});

await ssc.start();
if (!isMainThread || !ssc.isDriver) throw new Error('start() returned on an executor');
while (ssc.state === 'ACTIVE' && done < BATCHES) await new Promise((resolve) => setTimeout(resolve, 20));
// A busy machine is some batches behind.
const { isClean } = await ssc.stop({ deadlineMs: 60_000 });
// Batches generated during the stop had no records.
for (const [name, batches] of Object.entries(results)) results[name] = batches.slice(0, BATCHES);
process.stdout.write(`${JSON.stringify({ isClean, results, threads: places.size })}\n`);
await ssc.awaitTermination();
