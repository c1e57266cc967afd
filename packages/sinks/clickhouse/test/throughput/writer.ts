// One run: `bare` is the client library alone, `sink` is the sink without an engine. Both insert the same rows, 100,000 at once,
// and wait for each answer. Arguments: kind, port, table, number of rows. Prints CPU milliseconds.
import { createClient } from '@clickhouse/client';
import { clickhouseSink } from '../../src/index.ts';

interface Payment {
  readonly id: number;
  readonly customer: string;
  readonly amount: number;
  readonly currency: string;
}

const ROWS_AT_ONCE = 100_000;
const [kind = '', port = '', table = '', count = ''] = process.argv.slice(2);
const url = `http://127.0.0.1:${port}`;

function* payments(from: number, to: number): Generator<Payment> {
  for (let id = from; id < to; id += 1)
    yield { id, customer: `customer-${id % 97}`, amount: id % 13, currency: 'EUR' };
}

async function writeBare(): Promise<void> {
  const client = createClient({ url });
  for (let from = 0; from < Number(count); from += ROWS_AT_ONCE) {
    const values = [...payments(from, from + ROWS_AT_ONCE)];
    await client.insert({ table, values, format: 'JSONEachRow' });
  }
  await client.close();
}

async function writeBySink(): Promise<void> {
  const columns = ['id', 'customer', 'amount', 'currency'];
  const sink = clickhouseSink<Payment>({ url, table, columns }, (payment) => ({ ...payment }));
  await sink.open?.();
  for (let from = 0; from < Number(count); from += ROWS_AT_ONCE) {
    const write = { application: 'a', batchTime: from, outputOperation: 0, partition: 0, partitions: 1 };
    await sink.write(payments(from, from + ROWS_AT_ONCE), write);
  }
  await sink.close?.();
}

const before = process.cpuUsage();
await (kind === 'bare' ? writeBare() : writeBySink());
const { user, system } = process.cpuUsage(before);
process.stdout.write(JSON.stringify({ cpuMs: (user + system) / 1_000 }));
