// A whole engine: reads a stream from its beginning and sums a field of every value, in batches of 100 ms. Arguments: `stream` or
// `records`, port, stream, number of messages. Prints CPU milliseconds.
import { StreamingContext } from '@millrace/engine';
import { jetstreamRecords, jetstreamStream } from '../../src/index.ts';

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
const place = { host: '127.0.0.1', port: Number(port), stream };
const payments =
  kind === 'records'
    ? jetstreamRecords<Payment>({ ...place, consumer: `engine-${process.pid}`, create: true })
    : jetstreamStream<Payment>(place);
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
const before = process.cpuUsage();
await ssc.start();
