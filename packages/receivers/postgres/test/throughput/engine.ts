// A whole engine: reads a table, or its changes, and sums a field of every row, in batches of 100 ms. Arguments: `rows` or
// `changes`, port, schema, number of records. Prints CPU milliseconds.
import { StreamingContext } from '@millrace/engine';
import { postgresChanges, postgresRows } from '../../src/index.ts';

interface Payment {
  readonly amount: number;
}

const [kind = '', port = '', schema = '', count = ''] = process.argv.slice(2);
const ssc = new StreamingContext({
  appName: 'engine',
  batchIntervalMs: 100,
  logLevel: 'warn',
  backPressure: false,
});
const place = { host: '127.0.0.1', port: Number(port) };
const table = { schema, table: 'records', key: 'id', transaction: 'txid' };
const columns = ['id', 'customer', 'amount', 'currency'];
const payments =
  kind === 'rows'
    ? ssc.receiverStream(postgresRows<Payment>({ ...place, ...table, columns }))
    : ssc
        .receiverStream(postgresChanges<Payment>({ ...place, slot: schema, publication: schema }))
        .map(({ row }) => ({ amount: row?.amount ?? 0 }));
let seen = 0;
let sum = 0;
payments.foreachPartition((records) => {
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
