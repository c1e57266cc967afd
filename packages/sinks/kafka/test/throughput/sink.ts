// The sink: writes records with keys. Arguments: `transactions` or `plain`, port, topic, number of records. Prints CPU milliseconds.
import { kafkaSink } from '../../src/index.ts';
import { type Payment, payments, RECORDS_PER_PARTITION, writeOf } from './payments.ts';

const [kind = '', port = '', topic = '', count = ''] = process.argv.slice(2);
const delivery = kind === 'plain' ? 'at-least-once' : 'effectively-once';
const sink = kafkaSink<Payment>(
  { host: '127.0.0.1', port: Number(port), topic, ledgerTopic: `${topic}-ledger`, delivery },
  (payment) => ({
    key: payment.customer,
    value: payment,
  }),
);
await sink.open?.();
const before = process.cpuUsage();
for (let from = 0; from < Number(count); from += RECORDS_PER_PARTITION)
  await sink.write(payments(from), writeOf(from));
const { user, system } = process.cpuUsage(before);
process.stdout.write(`${JSON.stringify({ cpuMs: (user + system) / 1_000 })}\n`);
await sink.close?.();
