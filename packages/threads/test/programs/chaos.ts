// A program for tests whose executors die at random: by process.exit, by an uncaught error, and by exhausting their
// memory. There are two sources. One is replayable, and each of its numbers has to arrive exactly once. The other
// receives acknowledgements and records them beside the log, and each acknowledged number has to arrive.
//
//   chaos.ts DIRECTORY [CALM]
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { defineReceiver, Logger, noOptions, PinoLogger, provide, type ReceiverContext } from '@millrace/core';
import { StreamingContext } from '@millrace/engine';
import { threads } from '@millrace/threads';
import { fileWriteAheadLog } from '@millrace/wal';

const [directory = '', mood = ''] = process.argv.slice(2);
const NUMBERS = 700;
const ackFile = join(directory, 'acknowledged');

const capabilities = {
  ordering: 'per-stream',
  pause: true,
  bounded: true,
  format: 'records',
  touches: ['files'],
} as const;

/** Stores one number every few milliseconds, from `next` on. */
async function store(context: ReceiverContext<number>, next: number): Promise<void> {
  for (let n = next; n < NUMBERS && !context.signal.aborted; n += 1) {
    if (!context.store(n, n)) await context.ready();
    await context.clock.sleepFor(5);
  }
}

const replayable = defineReceiver({
  name: 'replayable',
  contract: 1,
  capabilities: { ...capabilities, ack: 'none', replayable: true, touches: [] },
  options: noOptions,
  create: () => ({
    start: (context: ReceiverContext<number>) => {
      const last = context.resumeFrom;
      void store(context, last === undefined ? 0 : Number(last) + 1);
    },
    stop: () => undefined,
  }),
});

const acknowledged = () =>
  existsSync(ackFile) ? readFileSync(ackFile, 'utf8').split('\n').slice(0, -1) : [];

const reliable = defineReceiver({
  name: 'reliable',
  contract: 1,
  capabilities: { ...capabilities, ack: 'cumulative', replayable: false, touches: [] },
  options: noOptions,
  create: () => ({
    start: (context: ReceiverContext<number>) => {
      void store(context, Number(acknowledged().at(-1) ?? -1) + 1);
    },
    stop: () => undefined,
    acknowledge: (tokens) => appendFileSync(ackFile, `${tokens.join('\n')}\n`),
  }),
});

const ssc = new StreamingContext({
  appName: 'chaos',
  batchIntervalMs: 200,
  master: 'local[2]',
  defaultParallelism: 4,
  batches: { maxAttempts: 10 },
  tracking: { minRestartDelayMs: 100, maxRestartDelayMs: 500 },
  plugins: [
    threads({
      program: import.meta.url,
      restartDelayMs: 100,
      restartDelayMaxMs: 400,
      resourceLimits: { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 4 },
    }),
    fileWriteAheadLog({ directory: join(directory, 'wal') }),
    provide(Logger, new PinoLogger({ level: 'error' })),
  ],
});

let isDying = false;
const once = ssc.receiverStream(replayable({}));
const atLeastOnce = ssc.receiverStream(reliable({}));
const results = new Map<string, Map<number, unknown>>([
  ['once', new Map()],
  ['sums', new Map()],
  ['window', new Map()],
  ['atLeastOnce', new Map()],
]);
const keep = (name: string, batchTime: number, value: unknown) => results.get(name)?.set(batchTime, value);
once.foreachRDD(async (rdd, { batchTime }) => keep('once', batchTime, await rdd.collect()));
atLeastOnce.foreachRDD(async (rdd, { batchTime }) => keep('atLeastOnce', batchTime, await rdd.collect()));
const pairs = once.map((n) => {
  dieLater();
  return [n % 10, n];
});
pairs
  .reduceByKey((left, right) => left + right)
  .foreachRDD(async (rdd, { batchTime }) => keep('sums', batchTime, await rdd.collect()));
pairs
  .reduceByKeyAndWindow((left, right) => left + right, 1_000)
  .foreachRDD(async (rdd, { batchTime }) => keep('window', batchTime, await rdd.map(([, n]) => n).collect()));

/** More deaths would leave a busy machine no time for a batch, because its executors come up slowly. */
const DEATHS_MAX = 12;
const deathsFile = join(directory, 'deaths');

/** Makes an executor die some time after its first task: an earlier death would fail the start. */
function dieLater(): void {
  if (ssc.isDriver || mood === 'calm' || isDying) return;
  isDying = true;
  appendFileSync(deathsFile, '.');
  if (readFileSync(deathsFile, 'utf8').length > DEATHS_MAX) return;
  /** Grows by small pieces: V8 cannot end a single thread that requests much memory at once. */
  let waste: unknown;
  const deaths = [
    () => process.exit(7),
    () => {
      throw new Error('a mistake of the program');
    },
    () => {
      for (;;) waste = { before: waste };
    },
  ];
  setTimeout(() => deaths[Math.floor(Math.random() * deaths.length)]?.(), 300 + Math.random() * 1_500);
}

let receiverStops = 0;
ssc.on('receiver:stopped', () => void (receiverStops += 1));
await ssc.start();
const seen = () => [...(results.get('once')?.values() ?? [])].flat().length;
const acked = () => Number(acknowledged().at(-1) ?? -1);
while (ssc.state === 'ACTIVE' && (seen() < NUMBERS || acked() < NUMBERS - 1))
  await new Promise((resolve) => setTimeout(resolve, 50));
const { isClean } = await ssc.stop();
const inOrder = (name: string) =>
  [...(results.get(name) ?? [])].toSorted(([a], [b]) => a - b).map(([, value]) => value);
process.stdout.write(
  JSON.stringify({
    isClean,
    receiverStops,
    once: inOrder('once').flat(),
    atLeastOnce: inOrder('atLeastOnce').flat(),
    sums: inOrder('sums'),
    windows: [...(results.get('window') ?? [])].map(([time, values]) => [
      time,
      (values as number[]).reduce((sum, n) => sum + n, 0),
      [...(results.get('once') ?? [])]
        .filter(([batch]) => batch > time - 1_000 && batch <= time)
        .flatMap(([, records]) => records as number[])
        .reduce((sum, n) => sum + n, 0),
    ]),
    acknowledged: acknowledged().map(Number),
  }),
);
await ssc.awaitTermination();
