// A program for tests whose wall clock is set back by an hour during the run (set-clock-back.mjs). The receiver counts
// and is restarted several times, a job fails once and is repeated, and on threads one executor hangs and is replaced.
//
//   clock-set-back.ts MASTER DIRECTORY
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isMainThread } from 'node:worker_threads';
import { defineReceiver, Logger, noOptions, provide, type ReceiverContext } from '@millrace/core';
import { StreamingContext } from '@millrace/engine';
import { threads } from '@millrace/threads';
import { fileWriteAheadLog } from '@millrace/wal';

const [master = 'local', directory = ''] = process.argv.slice(2);
const NUMBERS = 400;
const RESTART_EVERY = 100;
/** The number of batches before the clock is set back. */
const STEP_AFTER = 8;

/** Stores a number every few milliseconds, from `next` on, and requests a restart from time to time. */
async function store(context: ReceiverContext<number>, next: number): Promise<void> {
  for (let n = next; n < NUMBERS && !context.signal.aborted; n += 1) {
    if (!context.store(n, n)) await context.ready();
    if ((n + 1) % RESTART_EVERY === 0 && n + 1 < NUMBERS) return context.restart('requested by the test');
    await context.clock.sleepFor(5);
  }
  if (!context.signal.aborted) context.stop('all numbers are stored');
}

const counting = defineReceiver({
  name: 'counting',
  contract: 1,
  capabilities: {
    ack: 'none',
    replayable: true,
    ordering: 'per-stream',
    pause: true,
    bounded: true,
    format: 'records',
    touches: [],
  },
  options: noOptions,
  create: () => ({
    start: (context: ReceiverContext<number>) => {
      const last = context.resumeFrom;
      void store(context, last === undefined ? 0 : Number(last) + 1).catch(() => undefined);
    },
    stop: () => undefined,
  }),
});

const lines: string[] = [];
const silent = (): void => undefined;
const log: Logger = {
  child: () => log,
  debug: silent,
  info: silent,
  warn: (message) => void lines.push(message),
  error: (message) => void lines.push(message),
};

const isRemote = master !== 'local';
const ssc = new StreamingContext({
  appName: 'clock-set-back',
  batchIntervalMs: 100,
  master: master as 'local',
  defaultParallelism: 2,
  batches: { maxAttempts: 5 },
  receiving: { blockIntervalMs: 20, restartDelayMs: 50, restartDelayMaxMs: 200 },
  tracking: { minRestartDelayMs: 50, maxRestartDelayMs: 200 },
  plugins: [
    ...(isRemote
      ? [
          threads({
            program: import.meta.url,
            heartbeatMs: 100,
            heartbeatTimeoutMs: 1_000,
            restartDelayMs: 50,
            restartDelayMaxMs: 200,
          }),
        ]
      : []),
    fileWriteAheadLog({ directory: join(directory, 'wal') }),
    provide(Logger, log),
  ],
});

const begunAt = Date.now();
const isSetBack = (): boolean => Date.now() < begunAt - 1_000_000;
const seen = new Map<number, number[]>();
const sinceStep: number[] = [];
let failed = 0;

/** One executor, once, after the step of the clock: hangs until the missing heartbeats are noticed. */
function hangOnce(): void {
  const mark = join(directory, 'hung');
  if (isMainThread || !isSetBack() || existsSync(mark)) return;
  writeFileSync(mark, '');
  for (;;);
}

const numbersOf = ssc.receiverStream(counting()).map((n) => (hangOnce(), n));
numbersOf.foreachRDD(async (rdd, { batchTime }) => {
  const numbers = await rdd.collect();
  if (isSetBack() && failed < 1) {
    failed += 1;
    throw new Error('passing');
  }
  seen.set(batchTime, numbers);
  if (seen.size === STEP_AFTER) writeFileSync(process.env.MILLRACE_TEST_SET_BACK ?? '', '');
  if (isSetBack()) sinceStep.push(batchTime);
});

const adjusted: string[] = [];
let restarts = 0;
ssc.on('batch-times:adjusted', ({ adjustment }) => void adjusted.push(adjustment.kind));
ssc.on('receiver:started', () => void (restarts += 1));
await ssc.start();
const ended = ssc.awaitSourcesEnded();
await ended;
const stoppedFrom = process.hrtime.bigint();
const report = await ssc.stop({ deadlineMs: 20_000 });
const numbers = [...seen.values()].flat();
process.stdout.write(
  JSON.stringify({
    isClean: report.isClean,
    wasSetBack: isSetBack(),
    stopMs: Number(process.hrtime.bigint() - stoppedFrom) / 1e6,
    isWhole: numbers.length === NUMBERS && numbers.toSorted((a, b) => a - b).every((n, index) => n === index),
    increases: [...seen.keys()].every((time, index, all) => index === 0 || time > (all[index - 1] ?? 0)),
    batchesSinceStep: sinceStep.length,
    restarts,
    failed,
    hung: existsSync(join(directory, 'hung')),
    adjusted: adjusted.filter((kind) => kind === 'ahead'),
    ahead: lines.filter((line) => line.startsWith('batch times are ahead')).length,
  }),
);
process.exit(0);
