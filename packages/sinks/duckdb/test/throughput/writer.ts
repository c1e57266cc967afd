// One writer of one round: the sink, or the client library by hand with the same promise (a ledger row in the transaction of the
// rows, which go through the appender in chunks). Arguments: `sink` or `bare`, file, rows of a batch, batches.
import {
  BIGINT,
  DOUBLE,
  DuckDBDataChunk,
  DuckDBInstance,
  type DuckDBConnection,
  VARCHAR,
} from '@duckdb/node-api';
import { measureWriter, type Payment } from '../../../../../tools/throughput/measured-writer.ts';
import { duckdbSink } from '../../src/index.ts';

const [kind = '', file = '', rows = '', batches = ''] = process.argv.slice(2);
const size = { rows: Number(rows), batches: Number(batches) };
const CHUNK = 2_048;

async function bySink(): Promise<void> {
  const columns = [
    { name: 'id', type: 'BIGINT' },
    'customer',
    { name: 'amount', type: 'DOUBLE' },
    'currency',
  ];
  const sink = duckdbSink<Payment>({ file, table: 'payments', columns }, (payment) => ({ ...payment }));
  await sink.open?.();
  const identity = { application: 'bench', outputOperation: 0, partition: 0, partitions: 1 };
  await measureWriter(size, (records, batch) =>
    sink.write(records, { ...identity, batchTime: (batch + 1) * 1_000 }),
  );
  await sink.close?.();
}

async function appendAll(connection: DuckDBConnection, records: readonly Payment[]): Promise<void> {
  const appender = await connection.createAppender('payments');
  for (let from = 0; from < records.length; from += CHUNK) {
    const some = records.slice(from, from + CHUNK);
    const chunk = DuckDBDataChunk.create([BIGINT, VARCHAR, DOUBLE, VARCHAR], some.length);
    chunk.setColumnValues(
      0,
      some.map(({ id }) => BigInt(id)),
    );
    chunk.setColumnValues(
      1,
      some.map(({ customer }) => customer),
    );
    chunk.setColumnValues(
      2,
      some.map(({ amount }) => amount),
    );
    chunk.setColumnValues(
      3,
      some.map(({ currency }) => currency),
    );
    appender.appendDataChunk(chunk);
  }
  appender.closeSync();
}

async function byHand(): Promise<void> {
  const instance = await DuckDBInstance.create(file, { threads: '1' });
  const connection = await instance.connect();
  await connection.run(
    'CREATE TABLE payments (id BIGINT, customer VARCHAR, amount DOUBLE, currency VARCHAR); CREATE TABLE ledger (batch BIGINT PRIMARY KEY)',
  );
  await measureWriter(size, async (records, batch) => {
    await connection.run('BEGIN TRANSACTION');
    await connection.run('INSERT INTO ledger VALUES ($1)', [batch]);
    await appendAll(connection, records);
    await connection.run('COMMIT');
  });
  connection.closeSync();
  instance.closeSync();
}

await (kind === 'sink' ? bySink() : byHand());
