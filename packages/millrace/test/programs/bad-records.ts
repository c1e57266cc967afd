// A program for tests: one record of a hundred is bad, in one of seven ways, and the process is killed again and again.
//
//   bad-records.ts DIRECTORY MODE NUMBERS     MODE: local, several (executors in this process), threads
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import {
  type DeadLetter,
  defineReceiver,
  Logger,
  noOptions,
  type OptionsSchema,
  PinoLogger,
  provide,
  type ReceiverContext,
  SinkWriter,
} from '@millrace/core';
import { inProcessExecutors, StreamingContext } from '@millrace/engine';
import { filesSink } from '@millrace/sink-files';
import { threads } from '@millrace/threads';
import { fileWriteAheadLog } from '@millrace/wal';
import { type Numbered, fateOf } from './bad-records-fates.ts';

const [directory = '', mode = 'local', count = '0'] = process.argv.slice(2);
const NUMBERS = Number(count);

function recordOf(n: number): Numbered {
  const atMs = fateOf(n) === 'far ahead' ? Date.UTC(2_999) : 1_000 + n;
  if (fateOf(n) === 'schema') return { n, atMs: 'soon' } as never;
  return fateOf(n) === 'no data' ? ({ n, atMs, f: () => n } as Numbered) : { n, atMs };
}

/** A schema without a library. */
const numbered: OptionsSchema<unknown, Numbered> = {
  '~standard': {
    version: 1,
    vendor: 'test',
    validate: (record) =>
      typeof (record as Numbered).atMs === 'number'
        ? { value: record as Numbered }
        : { issues: [{ message: 'expected a number', path: ['atMs'] }] },
  },
};

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
  create: () => ({
    start: (context: ReceiverContext<Numbered>) => {
      const last = context.resumeFrom;
      void store(context, last === undefined ? 0 : Number(last) + 1);
    },
    stop: () => undefined,
  }),
});

/** Stores some numbers every few milliseconds, from `first` on. */
async function store(context: ReceiverContext<Numbered>, first: number): Promise<void> {
  for (let n = first; n < NUMBERS && !context.signal.aborted; n += 1) {
    if (!context.store(recordOf(n), n)) await context.ready();
    if (n % 5 === 0) await context.clock.sleepFor(5);
  }
  if (!context.signal.aborted) context.stop('all numbers are stored');
}

const executors =
  mode === 'threads' ? [threads({ program: import.meta.url })] : mode === 'several' ? [inProcessExecutors({ executors: 2 })] : []; // prettier-ignore

const ssc = new StreamingContext({
  appName: 'bad-records',
  batchIntervalMs: 200,
  ...(mode === 'threads' ? { master: 'local[2]' as const } : {}),
  defaultParallelism: 2,
  checkpointDirectory: join(directory, 'checkpoints'),
  onRecordError: 'dead-letter',
  deadLetters: filesSink<DeadLetter>({ directory: join(directory, 'dead-letters') }),
  plugins: [
    ...executors,
    fileWriteAheadLog({ directory: join(directory, 'wal') }),
    provide(Logger, new PinoLogger({ level: 'error' })),
  ],
});

const writers = ['numbers', 'sums', 'states', 'ahead'].map(
  (name) => new SinkWriter<unknown>(filesSink({ directory: join(directory, name) })),
);
const [all, sums, states, ahead] = writers as [
  SinkWriter<unknown>,
  SinkWriter<unknown>,
  SinkWriter<unknown>,
  SinkWriter<unknown>,
];

// The branches are computed for each output anew.
const checked = ssc
  .receiverStream(numbers({}))
  .validate(numbered)
  .uid('form')
  .map((record) => {
    if (fateOf(record.n) === 'throws') throw new RangeError(`no ${record.n}`);
    return fateOf(record.n) === 'promise' ? (Promise.reject(new Error('late')) as never) : record;
  })
  .uid('check')
  .mapAsync(async (record) => {
    await setImmediate();
    if (fateOf(record.n) === 'rejects') throw new RangeError(`no later ${record.n}`);
    return record;
  })
  .uid('lookup');
checked.map(({ n }) => ({ n })).foreachPartition(all.write);
checked
  .map(({ n }): [number, number] => [n % 10, n])
  .reduceByKey((left, right) => left + right)
  .map(([key, sum]) => ({ key, sum }))
  .foreachPartition(sums.write);
checked
  .map(({ n }): [number, number] => [n % 10, n])
  .mapWithState<number, number, number, { n: number }>((_key, n = 0, state) => {
    state.update((state.getOption() ?? 0) + 1);
    if (fateOf(n) === 'state') throw new RangeError(`no state for ${n}`);
    return { n };
  })
  .uid('counted')
  .foreachPartition(states.write);
const timed = checked.assignTimestamps(({ atMs }) => atMs, { maxFutureMs: 60_000 }).uid('times');
timed
  .aheadRecords()
  .map(({ n }) => ({ n }))
  .foreachPartition(ahead.write);
timed
  .map(({ n }): [number, number] => [n % 10, n])
  .tumbling(500)
  .reduceByKey((left, right) => left + right)
  .uid('windows')
  .foreachRDD(async (rdd) => void (await rdd.count()));

await ssc.start();
process.stdout.write('ready\n');
await ssc.awaitSourcesEnded();
const { isClean, ...remains } = await ssc.stop({ deadlineMs: 100_000 });
for (const writer of writers) await writer.close();
process.stdout.write(`clean ${isClean} ${JSON.stringify(remains)}\n`);
await ssc.awaitTermination();
