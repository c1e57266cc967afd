// A program for tests with operators and outputs of every kind, for any master: the results of each batch are the same on one
// thread, on several, and on several hosts. The driver prints all results as JSON. Arguments: master, executors to wait for, appName,
// the directory for files, which every host reaches.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { threadId } from 'node:worker_threads';
import { Logger, PinoLogger, provide } from '@millrace/core';
import { type DStream, type Master, type RDD, StreamingContext } from '@millrace/engine';
import { natsHosts } from '@millrace/nats';
import { threads } from '@millrace/threads';
import { countedNumbers, NUMBERS } from './counted-numbers.ts';

const [master = 'local', executors = '1', app = '', directory = ''] = process.argv.slice(2);
/** Batches with records, and the batches until every window and every state without records is empty. */
const [FILLED, BATCHES, BATCH_MS] = [8, 14, 500];

const outside = master.startsWith('nats:')
  ? natsHosts({ servers: master, program: import.meta.url })
  : threads({ program: import.meta.url });
const ssc = new StreamingContext({
  appName: app,
  batchIntervalMs: BATCH_MS,
  master: master as Master,
  defaultParallelism: 4,
  tracking: { minExecutors: Number(executors), executorReadinessTimeoutMs: 60_000 },
  plugins: [outside, provide(Logger, new PinoLogger({ level: 'warn' }))],
});

/** The results of each output, by batch time. The last result counts when an output ran twice. */
const results = new Map<string, Map<number, unknown>>();
function keep(name: string, batchTime: number, value: unknown): void {
  results.set(name, (results.get(name) ?? new Map<number, unknown>()).set(batchTime, value));
}
function take<T>(
  name: string,
  stream: DStream<T>,
  resultOf: (rdd: RDD<T>) => unknown = (rdd) => rdd.collect(),
): void {
  stream.foreachRDD(async (rdd, { batchTime }) => keep(name, batchTime, await resultOf(rdd)));
}

/** The numbers of a batch, below 101, some twice. */
const batchOf = (source: number, batch: number) =>
  Array.from({ length: 30 }, (_, index) => ((batch * 30 + index) ** 2 + source * 7) % 101);
/** The queue is the driver's: executors receive its records with their tasks. */
const queueOf = (source: number) =>
  Array.from({ length: ssc.isDriver ? FILLED : 0 }, (_, batch) => batchOf(source, batch));
const left = ssc.queueStream(queueOf(1), { partitions: 3 });
const right = ssc.queueStream(queueOf(2), { partitions: 2 });
const add = (one: number, other: number) => one + other;
const subtract = (sum: number, gone: number) => sum - gone;

// One to one, and partitions.
const words = left.flatMap((n) => [`tens ${Math.floor(n / 10)}`, `ones ${n % 10}`]);
take('words', words);
take('partitions', left.filter((n) => n % 3 > 0).glom());
take('repartitioned', left.union(right).repartition(5).glom());
take(
  'sorted',
  left.transform((rdd) => rdd.sortBy((n) => -n)),
);
take(
  'later',
  right.mapAsync(async (n) => [n, n * n]),
);

// By key.
const counts = words.map((word) => [word, 1]).reduceByKey(add);
const tens = left.map((n) => [n % 10, n]);
const others = right.filter((n) => n % 10 < 6).map((n) => [n % 10, -n]);
take('counts', counts);
take('groups', tens.groupByKey());
take('joined', tens.join(others));
take('joined on both sides', tens.filter(([key]) => key > 3).fullOuterJoin(others));
take('cogroups', tens.cogroup(others, 3));
take('values', left.union(right).countByValue());

// Windows of batch time.
const span = 4 * BATCH_MS;
take('window', right.window(span, 2 * BATCH_MS));
take('window anew', counts.reduceByKeyAndWindow(add, span));
take(
  'window moved',
  counts.reduceByKeyAndWindow(add, span, BATCH_MS, { inverse: subtract, filter: ([, count]) => count > 0 }),
);
take('window counted', left.countByWindow(span, 2 * BATCH_MS));

// State.
take(
  'state',
  tens.updateStateByKey<number, number, number>((values, sum = 0) => values.reduce(add, sum)),
);
const running = tens.mapWithState<number, number, number, readonly [number, number, boolean]>(
  (key, n, state) => {
    if (n !== undefined) state.update((state.getOption() ?? 0) + n);
    return [key, state.get(), state.isTimingOut()];
  },
  { timeoutMs: 3 * BATCH_MS },
);
take('running', running);
take('running states', running.stateSnapshots());
take(
  'once',
  left.dropDuplicates((n) => n, { withinMs: 2 * BATCH_MS }),
);

// Windows of event time. The time of an event is in its number, and some numbers are late.
const timedOf = (source: number) =>
  ssc.queueStream(
    queueOf(source).map((numbers, batch) => numbers.map((n): [number, number] => [n % 7, batch * 40 + n])),
    { partitions: 3 },
  );
const events = timedOf(3).assignTimestamps(([, atMs]) => atMs, { outOfOrdernessMs: 5 });
const answers = timedOf(4).assignTimestamps(([, atMs]) => atMs, { outOfOrdernessMs: 10 });
const tumbled = events.union(answers).tumbling(50).reduceByKey(add);
take('tumbled', tumbled);
take('late', tumbled.lateRecords());
take('slid', events.sliding(60, 20).allowedLateness(40).groupByKey());
take('sessions', answers.session(3).reduceByKey(add));
take('answered', events.joinWithin(answers, { beforeMs: 5, afterMs: 10 }));

// Actions of several kinds, and files that executors write.
take('actions', left, async (rdd) => [
  await rdd.count(),
  await rdd.take(5),
  await rdd.map((n) => n * 2).collect(),
  await rdd.map((n): [number, number] => [n % 4, n]).reduceByKey(add).collect(), // prettier-ignore
]);
counts.saveAsTextFiles(join(directory, 'counts'), '', { shared: true });

// A receiver: the division of its numbers into batches is a matter of time, so the results of all batches are put together.
const received = ssc.receiverStream(countedNumbers({}));
const places = new Set<string>();
take('received', received);
take('received by time', received.map((n): [number, number] => [n % 3, n]).assignTimestamps(([, n]) => n).tumbling(20).reduceByKey(add)); // prettier-ignore
left
  .repartition(12)
  .mapPartitions(() => [`${process.pid}/${threadId}`])
  .foreachRDD(async (rdd) => (await rdd.collect()).forEach((place) => places.add(place)));

const all = Promise.withResolvers<void>();
let isReceived = false;
ssc.on('batch:completed', () => {
  const numbers = [...(results.get('received')?.values() ?? [])].flat().length;
  // The batch after the last number closes windows.
  if (isReceived && (results.get('words')?.size ?? 0) > BATCHES) all.resolve();
  isReceived = numbers === NUMBERS;
});
await ssc.start();
if (!ssc.isDriver) throw new Error('start() returned on an executor');
await all.promise;
// Batches after the compared ones may wait on a busy machine, and are not awaited.
await ssc.stop({ graceful: false });

const inOrder = (name: string) => [...(results.get(name) ?? [])].toSorted(([a], [b]) => a - b);
const first = inOrder('words')[0]?.[0] ?? 0;
/** Which batch closes a window of a receiver's numbers is a matter of time, too. */
const textsOf = (of: readonly (readonly [number, unknown])[]) =>
  of.flatMap(([, value]) => (value as unknown[]).map((record) => JSON.stringify(record))).toSorted();
const isTimed = (name: string) => name.startsWith('received');
const numbered = (of: readonly (readonly [number, unknown])[]) =>
  of.map(([time, value]) => [(time - first) / BATCH_MS, value]).filter(([batch]) => Number(batch) < BATCHES);
const files = readdirSync(directory).toSorted().map((name): [number, unknown] => {
  const parts = readdirSync(join(directory, name)).toSorted();
  return [Number(name.replace('counts-', '')), parts.map((part) => [part, readFileSync(join(directory, name, part), 'utf8')])];
}); // prettier-ignore
const outputs = Object.fromEntries([
  ...[...results.keys()].map((name) => [
    name,
    isTimed(name) ? textsOf(inOrder(name)) : numbered(inOrder(name)),
  ]),
  ['files', numbered(files)],
]);
process.stdout.write(`${JSON.stringify({ outputs, places: [...places] })}\n`);
