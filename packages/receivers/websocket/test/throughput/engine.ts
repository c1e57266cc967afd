// A whole engine: reads the messages of a server and sums a field of every value, in batches of 100 ms. Arguments: port, number of
// messages. Prints CPU milliseconds.
import { StreamingContext } from '@millrace/engine';
import { webSocketMessages } from '../../src/index.ts';

const [port = '', count = ''] = process.argv.slice(2);
const ssc = new StreamingContext({
  appName: 'engine',
  batchIntervalMs: 100,
  logLevel: 'warn',
  backPressure: false,
});
const payments = webSocketMessages<{ readonly amount: number }>({ url: `ws://127.0.0.1:${port}/` });
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
