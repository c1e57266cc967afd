// An engine with a secret in each connector, whose connections all fail, and whose program quotes a secret in an error. Standard
// error has the log, standard output what a program gets for itself: events, status and gauges. The process that started the
// program asks dashboard and receiver. The argument is a `SecretsSetup`.
import { subscribe } from 'node:diagnostics_channel';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { SinkWriter, type StreamingEvents } from '@millrace/core';
import { dashboard, type DashboardListening, LISTENING_CHANNEL } from '@millrace/dashboard';
import { StreamingContext } from '@millrace/engine';
import { httpRecords } from '@millrace/receiver-http';
import { kafkaGroup, kafkaTopic } from '@millrace/receiver-kafka';
import { socketText } from '@millrace/receiver-socket';
import { postgresSink } from '@millrace/sink-postgres';
import { fileWriteAheadLog } from '@millrace/wal';

/** The surroundings of the program. */
export interface SecretsSetup {
  readonly folder: string;
  /** The port of the receiver for HTTP. */
  readonly httpPort: number;
  /** A port without a server. */
  readonly closedPort: number;
  /** A server that quotes the password of each client in its refusal. */
  readonly databasePort: number;
  readonly secrets: {
    readonly httpToken: string;
    readonly dashboardToken: string;
    readonly kafkaPassword: string;
    readonly databasePassword: string;
    readonly urlPassword: string;
    readonly passphrase: string;
    /** In an error of the program, as the user information of an address. */
    readonly quotedInUrl: string;
    /** In the cause of that error, as a field of an object. */
    readonly quotedInCause: string;
  };
}

/** The line by which the program tells the address of its dashboard. */
export const DASHBOARD_LINE = 'dashboard at ';

interface Order {
  readonly id: number;
}

if (import.meta.main) await run(JSON.parse(process.argv[2] ?? '{}') as SecretsSetup);

async function run({ folder, httpPort, closedPort, databasePort, secrets }: SecretsSetup): Promise<void> {
  subscribe(LISTENING_CHANNEL, (message) =>
    console.log(`${DASHBOARD_LINE}${(message as DashboardListening).url}`),
  );
  const ssc = new StreamingContext({
    appName: 'secrets',
    batchIntervalMs: 100,
    logLevel: 'debug',
    checkpointDirectory: join(folder, 'checkpoints'),
    batches: { maxAttempts: 2, onBatchFailure: 'skip' },
    receiving: { maxRestarts: 1_000 },
    plugins: [
      fileWriteAheadLog({ directory: join(folder, 'log') }),
      dashboard({ port: 0, token: secrets.dashboardToken }),
    ],
  });
  const orders = ssc.receiverStream(
    httpRecords<Order>({ port: httpPort, bearerTokens: [secrets.httpToken], requireTokens: true }),
  );
  const kafka = {
    host: '127.0.0.1',
    port: closedPort,
    username: 'ann',
    password: secrets.kafkaPassword,
    connectTimeoutMs: 1_000,
    tls: { passphrase: secrets.passphrase },
  };
  const group = ssc.receiverStream(kafkaGroup<Order>({ ...kafka, group: 'g', topics: ['orders'] }));
  const partitions = kafkaTopic<Order>({ ...kafka, topic: 'orders', partitions: 1 });
  const socket = ssc.receiverStream(
    socketText({ host: '127.0.0.1', port: closedPort, tls: { passphrase: secrets.passphrase } }),
  );
  const table = { table: 'orders', columns: ['id'], connectTimeoutMs: 1_000 };
  const byOptions = new SinkWriter(
    postgresSink<Order>({
      ...table,
      host: '127.0.0.1',
      port: databasePort,
      username: 'ann',
      password: secrets.databasePassword,
    }),
  );
  const byUrl = new SinkWriter(
    postgresSink<Order>({
      ...table,
      url: `postgres://ann:${secrets.urlPassword}@127.0.0.1:${databasePort}/shop`,
    }),
  );
  orders.foreachPartition(byOptions.write);
  orders.foreachPartition(byUrl.write);
  orders.foreachPartition(() => {
    const url = `postgres://ann:${secrets.quotedInUrl}@db/shop`;
    throw new Error(`no connection to ${url}`, { cause: { password: secrets.quotedInCause } });
  });
  for (const stream of [group, socket, ...partitions.map((receiver) => ssc.receiverStream(receiver))])
    stream.foreachRDD(async (rdd) => void (await rdd.count()));

  ssc.addStreamingListener({
    onEvent: <K extends keyof StreamingEvents>(event: K, value: StreamingEvents[K]) =>
      console.log(event, inspect(value, { depth: 12, maxStringLength: null })),
  });
  process.on('SIGTERM', () => {
    console.log(inspect(ssc.status(), { depth: 12 }), inspect(ssc.gauges.read(), { depth: 12 }));
    void ssc.stop().then(() => process.exit(), console.error);
  });
  await ssc.start();
  console.log(ssc.describe(), inspect(ssc, { depth: 8, showHidden: false }));
}
