// Sliding windows: the mean temperature of each sensor over the last three batches, renewed in every batch. The inverse
// function takes the values of the oldest batch away, so a window costs as much as two batches, however long the window is.
import { endWhenUnread, StreamingContext } from '@millrace/engine';

const INTERVAL_MS = 50;

/** Readings of two sensors: one array is one batch. */
const READINGS: [sensor: string, degrees: number][][] = [
  [
    ['hall', 20],
    ['roof', 4],
  ],
  [
    ['hall', 21],
    ['roof', 5],
  ],
  [['hall', 22]],
  [
    ['hall', 30],
    ['roof', 9],
  ],
  [
    ['hall', 20],
    ['roof', 7],
  ],
];

// A reader that has seen enough (`| head`) ends the program quietly.
endWhenUnread();
const ssc = new StreamingContext({ appName: 'windows', batchIntervalMs: INTERVAL_MS });
const printed = Promise.withResolvers<void>();
let batches = 0;

ssc
  .queueStream([...READINGS])
  .mapValues((degrees) => ({ sum: degrees, count: 1 }))
  .reduceByKeyAndWindow(
    (a, b) => ({ sum: a.sum + b.sum, count: a.count + b.count }),
    3 * INTERVAL_MS,
    INTERVAL_MS,
    {
      inverse: (window, oldest) => ({ sum: window.sum - oldest.sum, count: window.count - oldest.count }),
      filter: ([, { count }]) => count > 0,
    },
  )
  .mapValues(({ sum, count }) => `${(sum / count).toFixed(1)} °C of ${count}`)
  .foreachRDD(async (rdd) => {
    batches += 1;
    const means = (await rdd.collect()).toSorted(([a], [b]) => (a < b ? -1 : 1));
    console.log(`batch ${batches}: ${means.map(([sensor, mean]) => `${sensor} ${mean}`).join(', ')}`);
    if (batches === READINGS.length) printed.resolve();
  });

await ssc.start();
ssc.stopOnSignals();
await Promise.race([printed.promise, ssc.awaitTermination()]);
await ssc.stop({ graceful: false });
