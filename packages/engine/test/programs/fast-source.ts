// A program for tests: a source ten times faster than its job, in real time. The source stores numbers from 0 up
// and heeds `false`; the job checks their order and spends a fixed time on each. After a while the source slows
// down to a tenth of the job's rate. Prints the amounts held and the delays of batches, as JSON. `off` as an
// argument: without back-pressure.
import { defineReceiver, Logger, NoopLogger, noOptions, provide, type Receiver } from '@millrace/core';
import { StreamingContext } from '@millrace/engine';

const BATCH_MS = 100;
/** The cost of a record: the job processes 20,000 in a second. */
const RECORD_MS = 0.05;
const FAST_PER_MS = 200;
const SLOW_PER_MS = 2;
const FAST_FOR_MS = 6_000;
const SLOW_FOR_MS = 2_000;
const KIB = 1_024;
const [mode] = process.argv.slice(2);

let perMs = FAST_PER_MS;
const seen = { stored: 0, processed: 0, isInOrder: true, mostHeld: 0 };

const numbers = defineReceiver({
  name: 'numbers',
  contract: 1,
  capabilities: {
    ack: 'none',
    replayable: false,
    ordering: 'per-stream',
    pause: true,
    bounded: false,
    format: 'records',
    touches: [],
  },
  options: noOptions,
  create: (): Receiver<{ n: number; text: string }> => ({
    start: (context) => {
      const store = async () => {
        let lastMs = context.clock.monotonicMs();
        while (!context.signal.aborted) {
          await context.clock.sleepFor(5, context.signal);
          const nowMs = context.clock.monotonicMs();
          // Records that could not be stored meanwhile wait at the source and are not made up for.
          for (let due = Math.min(nowMs - lastMs, 50) * perMs; due > 0; due -= 1) {
            const isWelcome = context.store({
              n: seen.stored,
              text: `record ${seen.stored} of a fast source`,
            });
            seen.stored += 1;
            seen.mostHeld = Math.max(seen.mostHeld, seen.stored - seen.processed);
            if (!isWelcome) await context.ready();
          }
          lastMs = nowMs;
        }
      };
      // Both waits reject when the receiver is stopped, which ends the loop.
      void store().catch(() => undefined);
    },
    stop: () => undefined,
  }),
});

const ssc = new StreamingContext({
  appName: 'fast-source',
  batchIntervalMs: BATCH_MS,
  backPressure: mode !== 'off',
  plugins: [provide(Logger, new NoopLogger())],
});
ssc
  .receiverStream(numbers({}))
  .map((record) => record.n)
  .foreachRDD(async (rdd) => {
    const all = await rdd.collect();
    // The job is busy for a while and then waits, so that the source is free to store: only the rate may limit the
    // source.
    for (const n of all) {
      seen.isInOrder &&= n === seen.processed;
      seen.processed += 1;
    }
    await new Promise((resolve) => setTimeout(resolve, all.length * RECORD_MS));
  });

const delays: number[] = [];
ssc.on('batch:completed', ({ batch }) => void delays.push(batch.totalDelayMs ?? 0));

/** Live bytes: the heap after a collection, which `--expose-gc` makes callable. */
const heapKib = (): number => {
  globalThis.gc?.();
  return Math.round(process.memoryUsage().heapUsed / KIB);
};
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const heapBefore = heapKib();
await ssc.start();
const heaps: number[] = [];
for (let elapsed = 0; elapsed < FAST_FOR_MS; elapsed += 500) {
  await sleep(500);
  heaps.push(heapKib() - heapBefore);
}
const fastDelays = delays.slice(-20);
const storedFast = seen.stored;
perMs = SLOW_PER_MS;
await sleep(SLOW_FOR_MS);
const heldAfter = seen.stored - seen.processed;
const report = await ssc.stop(mode === 'off' ? { graceful: false } : {});
const { mostHeld, isInOrder, stored, processed } = seen;
process.stdout.write(
  `${JSON.stringify({
    isClean: report.isClean,
    isInOrder,
    left: stored - processed,
    storedFast,
    mostHeld,
    heldAfter,
    heapsKib: heaps,
    lastDelaysMs: { longest: Math.max(...fastDelays, 0), batches: delays.length },
  })}\n`,
);
process.exit(0);
