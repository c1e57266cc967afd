// Kafka → windows → PostgreSQL. Orders of the topic `orders` become the turnover of each product in each minute of event time.
// Kafka keeps the orders, so the log of the engine has ranges of offsets only. The sink writes each batch in one transaction
// together with its ledger. After a kill at any instant and a restart, every order counts exactly once.
//
//   KAFKA=127.0.0.1:9092 DATABASE_URL=postgres://postgres@127.0.0.1:5432/postgres node main.ts DIRECTORY
import { join } from 'node:path';
import { Logger, PinoLogger, provide, SinkWriter } from '@millrace/core';
import { dashboard } from '@millrace/dashboard';
import { formatStopReport, StreamingContext } from '@millrace/engine';
import { kafkaTopic } from '@millrace/receiver-kafka';
import { postgresSink } from '@millrace/sink-postgres';
import { fileWriteAheadLog } from '@millrace/wal';

/** A message of the topic. */
interface Order {
  readonly product: string;
  readonly cents: number;
  /** The time of the order, in milliseconds since 1970. */
  readonly atMs: number;
}

/** A row of the table. */
interface Turnover {
  readonly product: string;
  /** The start of the minute. */
  readonly minute: Date;
  readonly cents: number;
}

const MINUTE_MS = 60_000;

const [directory] = process.argv.slice(2);
const { KAFKA: broker, DATABASE_URL: url } = process.env;
if (directory === undefined || broker === undefined || url === undefined) {
  process.stderr.write('usage: KAFKA=HOST:PORT DATABASE_URL=postgres://… node main.ts DIRECTORY\n');
  process.exit(1);
}

const turnover = new SinkWriter(
  postgresSink<Turnover>({
    url,
    table: 'turnover',
    columns: [
      { name: 'product', type: 'text' },
      { name: 'minute', type: 'timestamptz' },
      { name: 'cents', type: 'bigint' },
    ],
    create: true,
  }),
);

const ssc = new StreamingContext({
  appName: 'turnover',
  batchIntervalMs: 250,
  checkpointDirectory: join(directory, 'checkpoints'),
  plugins: [
    fileWriteAheadLog({ directory: join(directory, 'log') }),
    dashboard(),
    provide(Logger, new PinoLogger({ level: 'warn' })),
  ],
});

// Every partition has a watermark of its own. The windows wait for the slowest partition, unless that one has no orders.
const [first, ...others] = kafkaTopic<Order>({ brokers: [broker], topic: 'orders', partitions: 2 }).map(
  (partition, index) =>
    ssc
      .receiverStream(partition)
      .assignTimestamps(({ atMs }) => atMs, { outOfOrdernessMs: 5_000, idleAfterMs: MINUTE_MS })
      .uid(`orders-${index}`),
);
if (first === undefined) throw new TypeError('a topic has at least one partition');
others
  .reduce((all, partition) => all.union(partition), first)
  .map(({ product, cents }): [string, number] => [product, cents])
  .tumbling(MINUTE_MS)
  .reduceByKey((a, b) => a + b)
  .map(([product, { startMs, value }]) => ({ product, minute: new Date(startMs), cents: value }))
  .foreachPartition(turnover.write);

ssc.stopOnSignals({ onStopped: (report) => process.stderr.write(`${formatStopReport(report)}\n`) });
await ssc.start({ awaitReceivers: 30_000 });
// A reader that goes away does not end the program.
process.stdout.on('error', () => undefined).write('ready\n');
await ssc.awaitTermination();
await turnover.close();
