// The program of the demo, the same on drivers and hosts: numbered flights, grouped by airport, to a server over HTTP. The source can
// be read again from any number, and the sink's requests have keys. Arguments: servers, monitors, the URL of the results, a directory.
import { isMainThread } from 'node:worker_threads';
import { Logger, PinoLogger, provide, SinkWriter } from '@millrace/core';
import { StreamingContext } from '@millrace/engine';
import { nats } from '@millrace/nats';
import { httpSink } from '@millrace/sink-http';
import { readFlights } from './flights-file.ts';
import { numberedSource } from './numbered-source.ts';
import { obeyOrders } from './orders.ts';
import type { NumberedFlight } from './results.ts';

const [servers = '', monitors = '', url = '', directory = ''] = process.argv.slice(2);
const tell = (line: string): void => void process.stdout.write(`${line}\n`);

const flights = readFlights();
const numberedFlights = numberedSource('numbered-flights', (number): NumberedFlight => {
  const flight = flights[number % flights.length];
  if (flight === undefined) throw new Error('the file has no flights');
  return { ...flight, number };
});

const results = new SinkWriter(
  httpSink<NumberedFlight>({ url, attempts: 100, retryDelayMaxMs: 500, requestTimeoutMs: 2_000 }),
);
const ssc = new StreamingContext({
  appName: 'flights',
  batchIntervalMs: 500,
  defaultParallelism: 4,
  batches: { maxAttempts: 20 },
  tracking: {
    minExecutors: 2,
    executorReadinessTimeoutMs: 60_000,
    minRestartDelayMs: 100,
    maxRestartDelayMs: 500,
  },
  plugins: [
    ...nats({ servers, app: 'flights', monitors: monitors.split(','), hosts: { restartDelayMs: 100 } }),
    provide(Logger, new PinoLogger({ level: 'warn' })),
  ],
});
ssc
  .receiverStream(numberedFlights({}))
  .map((flight) => [flight.origin, flight])
  .groupByKey()
  .flatMap(([, flights]) => [...flights])
  .foreachPartition(results.write);
if (!isMainThread) obeyOrders(directory);
ssc.on('driver:standby', () => tell('stands by'));
ssc.on('driver:in-charge', ({ epoch }) => tell(`in charge of epoch ${epoch}`));
ssc.on('executor:added', ({ executor: { executorId } }) => tell(`added ${executorId}`));
ssc.on('executor:lost', ({ executor: { executorId } }) => tell(`lost ${executorId}`));
ssc.stopOnSignals({ onStopped: ({ isClean }) => tell(`stopped ${isClean ? 'cleanly' : 'with a rest'}`) });
await ssc.start();
await ssc.awaitTermination();
await results.close();
