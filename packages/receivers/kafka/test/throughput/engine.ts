// A whole engine: reads a topic from its beginning and sums a field of every value, in batches of 100 ms. Arguments:
// `partition` or `group`, port, topic, number of records. Prints CPU milliseconds.
import { StreamingContext } from '@millrace/engine';
import { kafkaGroup, kafkaPartition } from '../../src/index.ts';

interface Payment {
  readonly amount: number;
}

const [kind = '', port = '', topic = '', count = ''] = process.argv.slice(2);
const ssc = new StreamingContext({
  appName: 'engine',
  batchIntervalMs: 100,
  logLevel: 'warn',
  backPressure: false,
});
const connection = { host: '127.0.0.1', port: Number(port) };
const payments =
  kind === 'group'
    ? kafkaGroup<Payment>({ ...connection, group: `engine-${process.pid}`, topics: [topic] })
    : kafkaPartition<Payment>({ ...connection, topic, partition: 0 });
let before: NodeJS.CpuUsage | undefined;
let seen = 0;
let sum = 0;
ssc.receiverStream(payments).foreachPartition((records) => {
  for (const { amount } of records) {
    sum += amount;
    seen += 1;
  }
  if (seen < Number(count)) return;
  const { user, system } = process.cpuUsage(before);
  process.stdout.write(`${JSON.stringify({ cpuMs: (user + system) / 1_000, seen, sum })}\n`);
  process.exit(0);
});
before = process.cpuUsage();
await ssc.start();
