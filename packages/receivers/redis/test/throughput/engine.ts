// A whole engine: reads a stream from its beginning and sums a field of every value, in batches of 100 ms. Arguments: `range` or
// `group`, port, stream, number of entries. Prints CPU milliseconds.
import { StreamingContext } from '@millrace/engine';
import { redisStream, redisStreamRange } from '../../src/index.ts';
import { settled } from './settled.ts';

interface Payment {
  readonly amount: number;
}

const [kind = '', port = '', stream = '', count = ''] = process.argv.slice(2);
const ssc = new StreamingContext({
  appName: 'engine',
  batchIntervalMs: 100,
  logLevel: 'warn',
  backPressure: false,
});
const options = { host: '127.0.0.1', port: Number(port), stream };
const payments =
  kind === 'group'
    ? redisStream<Payment>({ ...options, group: `engine-${process.pid}`, consumer: 'engine', create: true })
    : redisStreamRange<Payment>(options);
let seen = 0;
let sum = 0;
let before: NodeJS.CpuUsage | undefined;
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
await settled();
before = process.cpuUsage();
await ssc.start();
