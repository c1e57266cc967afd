// One writer of one round: the sink, or the client library by hand with the same promise (a ledger row in the transaction of the
// rows). Both compute the same rows of the same records. Arguments: `sink`, `bare` or `escaped` (`bare` with the escapes without
// which COPY breaks on a text with a tab), `insert`, `copy` or `upsert`, port, schema, rows of a batch, batches. Prints CPU
// milliseconds of this process per million records.
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { postgresSink } from '../../src/index.ts';

interface Payment {
  readonly id: number;
  readonly customer: string;
  readonly amount: number;
  readonly currency: string;
}

const [kind = '', mode = '', port = '', schema = '', rowsText = '', batchesText = ''] = process.argv.slice(2);
const [rows, batches] = [Number(rowsText), Number(batchesText)];
const WARM_UP_PARTS = 4;
const TEXT_CHARACTERS = 65_536;
const COLUMNS = ['id', 'customer', 'amount', 'currency'] as const;
const NAMES = COLUMNS.join(', ');

/** With a key, a batch meets the rows of the batch before. */
function batchOf(batch: number): readonly Payment[] {
  const from = mode === 'upsert' ? Math.floor(batch / 2) * rows : batch * rows;
  return Array.from({ length: rows }, (_, index) => ({
    id: from + index,
    customer: `customer-${index % 97}`,
    amount: (index % 1_300) / 4,
    currency: 'EUR',
  }));
}

/** Writes batch after batch; the CPU time of all but the first ones. */
async function measured(
  write: (records: readonly Payment[], batch: number) => Promise<void>,
): Promise<number> {
  const warmUp = Math.ceil(batches / WARM_UP_PARTS);
  let before = process.cpuUsage();
  for (let batch = 0; batch < warmUp + batches; batch += 1) {
    if (batch === warmUp) before = process.cpuUsage();
    await write(batchOf(batch), batch);
  }
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000 / ((batches * rows) / 1_000_000);
}

async function bySink(): Promise<number> {
  const sink = postgresSink<Payment>({
    host: '127.0.0.1',
    port: Number(port),
    schema,
    table: 'payments',
    columns: [...COLUMNS],
    ...(mode === 'upsert' ? { key: ['id'] } : {}),
  });
  await sink.open?.();
  const identity = { application: 'bench', outputOperation: 0, partition: 0, partitions: 1 };
  const cpuMs = await measured(async (records, batch) => {
    await sink.write(records, { ...identity, batchTime: (batch + 1) * 1_000 });
  });
  await sink.close?.();
  return cpuMs;
}

const INSERT = `INSERT INTO payments (${NAMES})
  SELECT * FROM unnest($1::bigint[], $2::text[], $3::double precision[], $4::text[])`;
const UPSERT = `${INSERT} ON CONFLICT (id) DO UPDATE
  SET customer = excluded.customer, amount = excluded.amount, currency = excluded.currency`;

const SPECIAL = /[\\\t\n\r]/;
const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };

function escaped(text: string): string {
  if (kind !== 'escaped' || !SPECIAL.test(text)) return text;
  return text.replaceAll(/[\\\t\n\r]/g, (character) => ESCAPES[character] ?? character);
}

/** Texts of some lines each: a text for each line would cost more than the lines. */
function* textsOf(records: readonly Payment[]): Generator<string> {
  let text = '';
  for (const { id, customer, amount, currency } of records) {
    text += `${id}\t${escaped(customer)}\t${amount}\t${escaped(currency)}\n`;
    if (text.length < TEXT_CHARACTERS) continue;
    yield text;
    text = '';
  }
  yield text;
}

async function byHand(): Promise<number> {
  const client = new pg.Client({
    host: '127.0.0.1',
    port: Number(port),
    user: 'postgres',
    options: `-c search_path=${schema}`,
  });
  await client.connect();
  await client.query('CREATE TABLE IF NOT EXISTS bare_ledger (batch bigint PRIMARY KEY)');
  const cpuMs = await measured(async (records, batch) => {
    await client.query('BEGIN');
    await client.query('INSERT INTO bare_ledger VALUES ($1) ON CONFLICT DO NOTHING', [batch]);
    if (mode === 'copy')
      await pipeline(
        Readable.from(textsOf(records)),
        client.query(copyFrom(`COPY payments (${NAMES}) FROM STDIN`)),
      );
    else
      await client.query(
        mode === 'upsert' ? UPSERT : INSERT,
        COLUMNS.map((name) => records.map((record) => record[name])),
      );
    await client.query('COMMIT');
  });
  await client.end();
  return cpuMs;
}

const cpuMs = await (kind === 'sink' ? bySink() : byHand());
process.stdout.write(`${JSON.stringify({ cpuMs })}\n`);
