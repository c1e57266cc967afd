// A program for tests that makes the mistake named by its argument on its first executor, and counts numbers all the
// same.
import { existsSync, writeFileSync } from 'node:fs';
import { Logger, PinoLogger, provide } from '@millrace/core';
import { StreamingContext } from '@millrace/engine';
import { threads } from '@millrace/threads';

const [mistake = '', markFile = ''] = process.argv.slice(2);

const ssc = new StreamingContext({
  appName: 'misbehaving',
  batchIntervalMs: 100,
  master: 'local[2]',
  plugins: [
    threads({
      program: import.meta.url,
      heartbeatMs: 100,
      // An executor that exhausts its memory sends no heartbeats either, for as long as that takes.
      heartbeatTimeoutMs: mistake === 'hang' ? 1_000 : 30_000,
      restartDelayMs: 50,
      resourceLimits: { maxOldGenerationSizeMb: 48, maxYoungGenerationSizeMb: 4 },
    }),
    provide(Logger, new PinoLogger({ level: 'warn' })),
  ],
});

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** True on the one executor that makes the mistake, once. */
function isFirst(): boolean {
  if (ssc.isDriver || existsSync(markFile)) return false;
  writeFileSync(markFile, '');
  return true;
}

/** Grows by small pieces: V8 cannot end a single thread that requests much memory at once. */
let waste: unknown;
const mistakes: Readonly<Record<string, () => void>> = {
  exit: () => process.exit(3),
  crash: () => {
    throw new Error('a mistake of the program');
  },
  memory: () => {
    for (;;) waste = { before: waste };
  },
  hang: () => {
    for (;;);
  },
};

/** In the first task: an executor that dies sooner makes the start fail. */
function withMistake(n: number): number {
  if (mistake in mistakes && isFirst()) setTimeout(mistakes[mistake] ?? (() => undefined), 20);
  return n;
}

const numbers = ssc.queueStream(
  [
    [1, 2],
    [3, 4],
    [5, 6],
  ],
  { partitions: 2 },
);
const graph = mistake === 'graph' && !ssc.isDriver ? numbers.filter(() => true) : numbers.map(withMistake);
let sum = 0;
graph.foreachRDD(async (rdd) => {
  for (const n of await rdd.collect()) sum += n;
});

if (mistake === 'early' && !ssc.isDriver) throw new Error('the program cannot be loaded here');
if (mistake === 'quiet' && !ssc.isDriver) process.exit(0);
try {
  await ssc.start();
  while (sum < 21 && ssc.state === 'ACTIVE') await sleep(20);
  // The last batch may be complete before the death is noticed.
  await sleep(1_500);
  const { isClean } = await ssc.stop();
  process.stdout.write(JSON.stringify({ sum, isClean }));
} catch (error) {
  const { code, message } = error as { code?: string; message?: string };
  // A refused executor may reach this line before its thread ends.
  if (ssc.isDriver) process.stdout.write(JSON.stringify({ code, message }));
}
