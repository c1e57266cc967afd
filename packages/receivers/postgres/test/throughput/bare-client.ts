// The client libraries alone. `rows`: pages of a table by (txid, id), each 10,000 rows. `changes`: the replication library with
// its own confirmations. Arguments: kind, port, schema, number of records. Prints CPU milliseconds.
import pg from 'pg';
import { LogicalReplicationService, type Pgoutput, PgoutputPlugin } from 'pg-logical-replication';

const [kind = '', port = '', schema = '', count = ''] = process.argv.slice(2);
const PAGE_ROWS = 10_000;
const place = { host: '127.0.0.1', port: Number(port), user: 'postgres' };
let before = process.cpuUsage();
let seen = 0;
let sum = 0;

function finish(): never {
  const { user, system } = process.cpuUsage(before);
  process.stdout.write(`${JSON.stringify({ cpuMs: (user + system) / 1_000, seen, sum })}\n`);
  process.exit(0);
}

async function readRows(): Promise<void> {
  const client = new pg.Client({ ...place, options: `-c search_path=${schema}` });
  await client.connect();
  before = process.cpuUsage();
  let [txid, id] = ['0', '0'];
  while (seen < Number(count)) {
    const { rows } = await client.query<
      Record<'txid' | 'id' | 'customer' | 'currency', string> & { amount: number }
    >(
      `SELECT id, customer, amount, currency, txid FROM records WHERE (txid, id) > ($1::xid8, $2::bigint)
        AND txid < pg_snapshot_xmin(pg_current_snapshot()) ORDER BY txid, id LIMIT ${PAGE_ROWS}`,
      [txid, id],
    );
    for (const row of rows) {
      sum += row.amount;
      seen += 1;
    }
    ({ txid, id } = rows.at(-1) ?? { txid, id });
  }
  finish();
}

async function readChanges(): Promise<void> {
  const service = new LogicalReplicationService(place);
  service.on('data', (_, message: Pgoutput.Message) => {
    if (message.tag !== 'insert') return;
    if (seen === 0) before = process.cpuUsage();
    sum += Number(message.new['amount']);
    seen += 1;
    if (seen === Number(count)) finish();
  });
  await service.subscribe(new PgoutputPlugin({ protoVersion: 1, publicationNames: [schema] }), schema);
}

await (kind === 'rows' ? readRows() : readChanges());
