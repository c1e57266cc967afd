// The program under faults, the same on drivers and hosts: numbers from a source that can be read again, with running totals as state,
// and messages from a source that waits for acknowledgements. Arguments: servers, monitors, the URL of the results, a directory.
import { isMainThread } from 'node:worker_threads';
import { Logger, PinoLogger, provide, SinkWriter } from '@millrace/core';
import { StreamingContext } from '@millrace/engine';
import { nats } from '@millrace/nats';
import { jetstreamRecords } from '@millrace/receiver-nats';
import { httpSink } from '@millrace/sink-http';
import { numberedSource } from '../cluster/numbered-source.ts';
import { obeyOrders } from '../cluster/orders.ts';
import { APP, KEYS, MESSAGES, type NumberRow, PATHS, type TotalRow } from './names.ts';

const [servers = '', monitors = '', url = '', directory = ''] = process.argv.slice(2);
const tell = (line: string): void => void process.stdout.write(`${line}\n`);
const PARTITIONS = 3;

const countedNumbers = numberedSource('counted-numbers', (number) => number);

function sinkOf<Row>(path: string): SinkWriter<Row> {
  return new SinkWriter(
    httpSink<Row>({
      url: new URL(path, url).href,
      attempts: 100,
      retryDelayMaxMs: 500,
      requestTimeoutMs: 2_000,
    }),
  );
}

const sinks = {
  numbers: sinkOf<NumberRow>(PATHS.numbers),
  totals: sinkOf<TotalRow>(PATHS.totals),
  messages: sinkOf<NumberRow>(PATHS.messages),
};
const ssc = new StreamingContext({
  appName: APP,
  batchIntervalMs: 500,
  defaultParallelism: 4,
  batches: { maxAttempts: 20 },
  receiving: { restartDelayMs: 100, restartDelayMaxMs: 500 },
  tracking: {
    minExecutors: 2,
    executorReadinessTimeoutMs: 60_000,
    minRestartDelayMs: 100,
    maxRestartDelayMs: 500,
  },
  plugins: [
    ...nats({ servers, app: APP, monitors: monitors.split(','), hosts: { restartDelayMs: 100 } }),
    provide(Logger, new PinoLogger({ level: 'info' })),
  ],
});

const keyed = ssc
  .receiverStream(countedNumbers({}))
  .map((number): [number, number] => [number % KEYS, number]);
keyed
  .groupByKey(PARTITIONS)
  .flatMap(([, numbers]) => numbers.map((number) => ({ number })))
  .foreachPartition(sinks.numbers.write);
keyed
  .updateStateByKey<number, number, Omit<TotalRow, 'key'>>((numbers, before) =>
    numbers.reduce(
      ({ count, sum, largest }, number) => ({
        count: count + 1,
        sum: sum + number,
        largest: Math.max(largest, number),
      }),
      before ?? { count: 0, sum: 0, largest: -1 },
    ),
  )
  .map(([key, total]) => ({ key, ...total }))
  .foreachPartition(sinks.totals.write);
ssc
  .receiverStream(
    jetstreamRecords<NumberRow>({
      servers: servers.split(','),
      stream: MESSAGES,
      consumer: APP,
      create: true,
      ackWaitMs: 5_000,
      requestTimeoutMs: 2_000,
    }),
  )
  .map(({ number }): [number, number] => [number % KEYS, number])
  .groupByKey(PARTITIONS)
  .flatMap(([, numbers]) => numbers.map((number) => ({ number })))
  .foreachPartition(sinks.messages.write);

if (!isMainThread) obeyOrders(directory);
ssc.on('driver:standby', () => tell('stands by'));
ssc.on('driver:in-charge', ({ epoch }) => tell(`in charge of epoch ${epoch}`));
ssc.stopOnSignals({ onStopped: ({ isClean }) => tell(`stopped ${isClean ? 'cleanly' : 'with a rest'}`) });
await ssc.start();
await ssc.awaitTermination();
for (const sink of Object.values(sinks)) await sink.close();
