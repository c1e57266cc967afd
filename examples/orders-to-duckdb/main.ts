// Orders as rows of a DuckDB file, and SQL over the file behind the program. Each batch is in the file once, however often the
// batch runs. The file is in a temporary directory; a path as argument keeps the file, and a further run adds its orders.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { SinkWriter } from '@millrace/core';
import { endWhenUnread, StreamingContext } from '@millrace/engine';
import { duckdbSink } from '@millrace/sink-duckdb';

interface Order {
  readonly product: string;
  readonly pieces: number;
  readonly price: string;
}

/** One array is one batch. */
const ORDERS: Order[][] = [
  [
    { product: 'lamp', pieces: 2, price: '19.90' },
    { product: 'chair', pieces: 4, price: '49.00' },
  ],
  [{ product: 'lamp', pieces: 1, price: '19.90' }],
  [
    { product: 'table', pieces: 1, price: '229.00' },
    { product: 'lamp', pieces: 3, price: '17.50' },
  ],
];

// A reader that has seen enough (`| head`) ends the program quietly.
endWhenUnread();
const directory = mkdtempSync(join(tmpdir(), 'millrace-orders-'));
const file = process.argv[2] ?? join(directory, 'orders.duckdb');

const rows = new SinkWriter(
  duckdbSink<Order>({
    file,
    table: 'orders',
    columns: ['product', { name: 'pieces', type: 'INTEGER' }, { name: 'price', type: 'DECIMAL(10,2)' }],
  }),
);
const ssc = new StreamingContext({ appName: 'orders', batchIntervalMs: 200 });
const written = Promise.withResolvers<void>();
let batches = 0;
ssc.queueStream([...ORDERS]).foreachPartition(rows.write);
ssc.on('batch:completed', () => {
  batches += 1;
  if (batches === ORDERS.length) written.resolve();
});
await ssc.start();
ssc.stopOnSignals();
await Promise.race([written.promise, ssc.awaitTermination()]);
await ssc.stop({ graceful: false });
await rows.close();

// The last sink is closed: the file is whole, and any program may open it.
const database = await DuckDBInstance.create(file);
const connection = await database.connect();
const turnover = await connection.runAndReadAll(
  'SELECT product, sum(pieces) AS pieces, sum(pieces * price) AS turnover FROM orders GROUP BY ALL ORDER BY turnover DESC',
);
for (const [product, pieces, sum] of turnover.getRows())
  console.log(`${String(product)}: ${String(pieces)} sold for ${String(sum)}`);
const ledger = await connection.runAndReadAll('SELECT sum(row_count) FROM millrace_ledger');
console.log(`rows by the ledger: ${String(ledger.getRows()[0]?.[0])}`);
connection.closeSync();
database.closeSync();
rmSync(directory, { recursive: true, force: true });
