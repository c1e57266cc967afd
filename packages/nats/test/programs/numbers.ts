// A program for tests whose hosts and drivers die: numbers of a replayable source, each exactly once over all batches. The driver
// appends each batch to a file, prints the executors that come and go, and stops on SIGTERM. Arguments: servers, appName, directory,
// `streams` for lease, log and blocks in JetStream instead of files that every host reaches.
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  defineReceiver,
  Logger,
  noOptions,
  PinoLogger,
  provide,
  type Receiver,
  type ReceiverContext,
} from '@millrace/core';
import { StreamingContext } from '@millrace/engine';
import { natsBlocks, natsHosts, natsLease, natsLog } from '@millrace/nats';
import { fileWriteAheadLog } from '@millrace/wal';

const [servers = '', app = '', directory = '', place = 'files'] = process.argv.slice(2);
const tell = (line: string): void => void process.stdout.write(`${line}\n`);

/** Stores one number every few milliseconds, from `next` on. */
async function store(context: ReceiverContext<number>, next: number): Promise<void> {
  for (let n = next; !context.signal.aborted; n += 1) {
    if (!context.store(n, n)) await context.ready();
    await context.clock.sleepFor(5);
  }
}

const numbers = defineReceiver({
  name: 'numbers',
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
  create: (): Receiver<number> => ({
    start: (context) => {
      const last = context.resumeFrom;
      // A stop rejects the wait for room.
      store(context, last === undefined ? 0 : Number(last) + 1).catch(() => undefined);
    },
    stop: () => undefined,
  }),
});

const inStreams = { servers, app, replicas: 1, syncVerified: 'by-operator' } as const;
const durable =
  place === 'streams'
    ? [natsLease(inStreams), natsLog(inStreams), natsBlocks(inStreams)]
    : [fileWriteAheadLog({ directory: join(directory, 'wal'), shared: true })];
const ssc = new StreamingContext({
  appName: app,
  batchIntervalMs: 200,
  defaultParallelism: 4,
  batches: { maxAttempts: 20 },
  tracking: {
    minExecutors: 2,
    executorReadinessTimeoutMs: 60_000,
    minRestartDelayMs: 100,
    maxRestartDelayMs: 500,
  },
  plugins: [
    natsHosts({ servers, restartDelayMs: 100, restartDelayMaxMs: 400 }),
    ...durable,
    provide(Logger, new PinoLogger({ level: 'warn', destination: { file: join(directory, 'log') } })),
  ],
});
ssc
  .receiverStream(numbers({}))
  .map((n) => [n % 10, n])
  .groupByKey()
  .foreachRDD(async (rdd, { batchTime }) => {
    const found = (await rdd.collect()).flatMap(([, group]) => [...group]).toSorted((a, b) => a - b);
    appendFileSync(join(directory, 'batches'), `${JSON.stringify([batchTime, found])}\n`);
    if (found.length > 0) tell(`seen ${found.at(-1)}`);
  });
ssc.on('driver:standby', () => tell('stands by'));
ssc.on('driver:in-charge', ({ epoch }) => tell(`in charge of epoch ${epoch}`));
ssc.on('executor:added', ({ executor: { executorId } }) => tell(`added ${executorId}`));
ssc.on('executor:lost', ({ executor: { executorId } }) => tell(`lost ${executorId}`));
await ssc.start();
process.once('SIGTERM', () => void ssc.stop().then(({ isClean }) => tell(`stopped ${isClean}`)));
await ssc.awaitTermination();
