// Event time: visits are counted by the time of the visit, not by the time of arrival. A visit that arrives out of order
// still counts in its window. A visit behind the watermark is late: the window is out, and the visit is reported.
import { endWhenUnread, StreamingContext } from '@millrace/engine';

const SECOND = 1_000;

/** Visits as they arrive: one array is one batch, and the times are seconds after noon. */
const VISITS: { page: string; second: number }[][] = [
  [
    { page: 'home', second: 1 },
    { page: 'home', second: 8 },
  ],
  [
    { page: 'shop', second: 5 },
    { page: 'home', second: 12 },
  ],
  [{ page: 'home', second: 21 }],
  [
    { page: 'shop', second: 9 },
    { page: 'shop', second: 24 },
  ],
  [{ page: 'home', second: 40 }],
];

// A reader that has seen enough (`| head`) ends the program quietly.
endWhenUnread();
const ssc = new StreamingContext({ appName: 'event-time', batchIntervalMs: 50 });
const printed = Promise.withResolvers<void>();
let batches = 0;

const windows = ssc
  .queueStream([...VISITS])
  .assignTimestamps((visit) => visit.second * SECOND, { outOfOrdernessMs: 5 * SECOND })
  .map((visit): [string, number] => [visit.page, 1])
  .tumbling(10 * SECOND)
  .reduceByKey((a, b) => a + b);

windows.lateRecords().foreachRDD(async (rdd) => {
  for (const [page] of await rdd.collect()) console.log(`batch ${batches + 1}: a late visit of ${page}`);
});

windows.foreachRDD(async (rdd) => {
  batches += 1;
  const lines = (await rdd.collect()).map(
    ([page, { startMs, endMs, value }]) =>
      `second ${startMs / SECOND} to ${endMs / SECOND}: ${value} × ${page}`,
  );
  for (const line of lines.toSorted()) console.log(`batch ${batches}: ${line}`);
  if (batches === VISITS.length) printed.resolve();
});

await ssc.start();
ssc.stopOnSignals();
await Promise.race([printed.promise, ssc.awaitTermination()]);
await ssc.stop({ graceful: false });
