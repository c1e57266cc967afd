// A program for tests with state: counts and sums by key over all numbers, and the same over a window, once with an
// inverse function and once recomputed. The executors die at random; the test kills the driver as well. The program
// runs until every number has been counted and then prints the state.
//
//   state.ts DIRECTORY
import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { defineReceiver, Logger, noOptions, PinoLogger, provide, type ReceiverContext } from '@millrace/core';
import { formatStopReport, StreamingContext } from '@millrace/engine';
import { threads } from '@millrace/threads';
import { fileWriteAheadLog } from '@millrace/wal';

const [directory = ''] = process.argv.slice(2);
const NUMBERS = 700;

const numbers = defineReceiver({
  name: 'numbers',
  contract: 1,
  capabilities: {
    ordering: 'per-stream',
    pause: true,
    bounded: true,
    format: 'records',
    ack: 'none',
    replayable: true,
    touches: [],
  },
  options: noOptions,
  create: () => ({
    start: (context: ReceiverContext<number>) => {
      const { resumeFrom } = context;
      void store(context, resumeFrom === undefined ? 0 : Number(resumeFrom) + 1);
    },
    stop: () => undefined,
  }),
});

/** Stores one number every few milliseconds, from `next` on. */
async function store(context: ReceiverContext<number>, next: number): Promise<void> {
  for (let n = next; n < NUMBERS && !context.signal.aborted; n += 1) {
    if (!context.store(n, n)) await context.ready();
    await context.clock.sleepFor(5);
  }
}

const ssc = new StreamingContext({
  appName: 'state',
  batchIntervalMs: 200,
  master: 'local[2]',
  defaultParallelism: 4,
  checkpointDirectory: join(directory, 'checkpoints'),
  batches: { maxAttempts: 10 },
  tracking: { minRestartDelayMs: 100, maxRestartDelayMs: 500 },
  plugins: [
    threads({ program: import.meta.url, restartDelayMs: 100, restartDelayMaxMs: 400 }),
    fileWriteAheadLog({ directory: join(directory, 'wal') }),
    provide(Logger, new PinoLogger({ level: 'error' })),
  ],
});

type Totals = readonly [count: number, sum: number];
const add = ([count, sum]: Totals, [more, plus]: Totals): Totals => [count + more, sum + plus];
const remove = ([count, sum]: Totals, [less, minus]: Totals): Totals => [count - less, sum - minus];
const show = (pairs: readonly (readonly [number, Totals])[]) =>
  JSON.stringify(pairs.toSorted(([a], [b]) => a - b));

let isDying = false;
const pairs = ssc.receiverStream(numbers({})).map((n): [number, Totals] => {
  dieLater();
  return [n % 7, [1, n]];
});
const states = pairs
  .mapWithState<number, Totals, Totals, number>((_key, totals, state) => {
    state.update(add(state.getOption() ?? [0, 0], totals ?? [0, 0]));
    return state.get()[1];
  }, {})
  .stateSnapshots();
const keyed = pairs.reduceByKey(add);
const moved = keyed.reduceByKeyAndWindow(add, 1_000, 200, {
  inverse: remove,
  filter: ([, [count]]) => count > 0,
});
const anew = keyed.reduceByKeyAndWindow(add, 1_000, 200);

let remembered = '[]';
let counted = 0;
states.foreachRDD(async (rdd) => {
  const all = await rdd.collect();
  remembered = show(all);
  counted = all.reduce((count, [, [more]]) => count + more, 0);
  process.stdout.write(`counted ${counted}\n`);
});
const windows = new Map<number, string[]>();
for (const window of [moved, anew]) {
  window.foreachRDD(async (rdd, { batchTime }) => {
    windows.set(batchTime, [...(windows.get(batchTime) ?? []), show(await rdd.collect())]);
  });
}

/** More deaths would leave a busy machine no time for a batch, because its executors come up slowly. */
const DEATHS_MAX = 12;
const deathsFile = join(directory, 'deaths');

/** Makes an executor die some time after its first task: an earlier death would fail the start. */
function dieLater(): void {
  if (ssc.isDriver || isDying) return;
  isDying = true;
  appendFileSync(deathsFile, '.');
  if (readFileSync(deathsFile, 'utf8').length > DEATHS_MAX) return;
  const deaths = [
    () => process.exit(7),
    () => {
      throw new Error('a mistake of the program');
    },
  ];
  setTimeout(() => deaths[Math.floor(Math.random() * deaths.length)]?.(), 300 + Math.random() * 1_500);
}

let deaths = 0;
ssc.on('receiver:stopped', () => void (deaths += 1));
await ssc.start();
while (ssc.state === 'ACTIVE' && counted < NUMBERS) await new Promise((resolve) => setTimeout(resolve, 50));
const left = formatStopReport(await ssc.stop());
const differing = [...windows].filter(([, [one, two]]) => one !== two);
process.stdout.write(
  `result ${JSON.stringify({ left, deaths, remembered, differing, windows: windows.size })}\n`,
);
await ssc.awaitTermination();
