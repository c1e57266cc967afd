// An engine that counts readings by key, with a dashboard or without: the process that the suite `observe` measures.
import { subscribe } from 'node:diagnostics_channel';
import { dashboard, type DashboardListening, LISTENING_CHANNEL } from '@millrace/dashboard';
import { StreamingContext } from '@millrace/engine';
import { defineReceiver, noOptions, type ReceiverContext } from '@millrace/core';
import { quiet } from '../streams/quiet-plugins.ts';
import { collectGarbage } from '../runner/heap.ts';
import { answerBench } from '../runner/measured-process.ts';
import type { CountingOptions, CountingReady } from './engine-processes.ts';

const TICK_MS = 10;

interface Reading {
  /** The key with a count of one. */
  readonly one: readonly [key: string, count: number];
  readonly value: number;
}

/**
 * Made once, with their pairs: V8 makes objects of each record in one process and none in an equal one, by chance, with a fifth
 * to a third of the time between them.
 */
const READINGS: readonly Reading[] = Array.from({ length: 10_000 }, (_, index) => ({
  one: [`sensor-${(index * 7_919) % 10_000}`, 1],
  value: index,
}));

const [text = ''] = process.argv.slice(2);
const { batchIntervalMs, recordsPerSecond, isWatched, collectAfterMs } = JSON.parse(text) as CountingOptions;
let records = 0;
let url = '';

subscribe(LISTENING_CHANNEL, (message) => (url = (message as DashboardListening).url));
const ssc = new StreamingContext({
  appName: 'counting',
  batchIntervalMs,
  // The same work with and without a dashboard, also on a busy machine.
  backPressure: false,
  plugins: [quiet(), ...(isWatched ? [dashboard({ port: 0 })] : [])],
});
ssc
  .receiverStream(steadySource())
  .filter(({ value }) => value >= 0)
  .map(({ one }) => one)
  .reduceByKey((left, right) => left + right)
  .foreachPartition((counts) => {
    for (const [, count] of counts) records += count;
  });
await ssc.start();
setTimeout(collectGarbage, collectAfterMs);
answerBench({ dashboard: url } satisfies CountingReady, () => records);

/** Stores records at the rate, every 10 ms: a timer of Node, since an exact clock would spend processor time of its own. */
function steadySource() {
  let timer: NodeJS.Timeout | undefined;
  return defineReceiver<Reading, Record<string, never>, Record<string, never>>({
    name: 'steady',
    contract: 1,
    capabilities: {
      ack: 'none',
      replayable: false,
      ordering: 'per-stream',
      pause: true,
      bounded: false,
      format: 'records',
      plainRecords: true,
      touches: [],
    },
    options: noOptions,
    create: () => ({
      start: (context: ReceiverContext<Reading>) => {
        const begunMs = performance.now();
        let stored = 0;
        let isWaiting = false;
        const resume = (): void => void (isWaiting = false);
        timer = setInterval(() => {
          const due = ((performance.now() - begunMs) * recordsPerSecond) / 1_000;
          while (!isWaiting && stored < due) {
            stored += 1;
            if (context.store(READINGS[stored % READINGS.length] as Reading)) continue;
            isWaiting = true;
            context.ready().then(resume, resume);
          }
        }, TICK_MS);
      },
      stop: () => clearInterval(timer),
    }),
  })({});
}
