// A program for tests that does on its first executor what its argument says, and counts numbers all the same.
import { existsSync, writeFileSync } from 'node:fs';
import { Logger, PinoLogger, providing } from '@millrace/core';
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
      // A thread that fills its memory is silent for a while before it ends by that.
      heartbeatTimeoutMs: mistake === 'hang' ? 1_000 : 30_000,
      restartDelayMs: 50,
      resourceLimits: { maxOldGenerationSizeMb: 48, maxYoungGenerationSizeMb: 4 },
    }),
    providing(Logger, new PinoLogger({ level: 'warn' })),
  ],
});

/** Whether this is the one executor that does it, once. */
function isFirst(): boolean {
  if (ssc.isDriver || existsSync(markFile)) return false;
  writeFileSync(markFile, '');
  return true;
}

/** Grows by small pieces: V8 cannot end a single thread that asks for much at once. */
let waste: unknown;
const mistakes: Readonly<Record<string, () => void>> = {
  none: () => undefined,
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

const numbers = ssc.queueStream(
  [
    [1, 2],
    [3, 4],
    [5, 6],
  ],
  { partitions: 2 },
);
const graph = mistake === 'graph' && !ssc.isDriver ? numbers.filter(() => true) : numbers.map((n) => n);
let sum = 0;
graph.foreachRDD(async (rdd) => {
  for (const n of await rdd.collect()) sum += n;
});

if (mistake === 'early' && !ssc.isDriver) throw new Error('it cannot be loaded here');
if (mistake === 'quiet' && !ssc.isDriver) process.exit(0);
if (mistake in mistakes && isFirst()) setTimeout(mistakes[mistake] ?? (() => undefined), 600);

try {
  await ssc.start();
  await new Promise((resolve) => setTimeout(resolve, mistake === 'none' ? 600 : 3_000));
  const { isClean } = await ssc.stop();
  process.stdout.write(JSON.stringify({ sum, isClean }));
} catch (error) {
  const { code, message } = error as { code?: string; message?: string };
  process.stdout.write(JSON.stringify({ code, message }));
}
