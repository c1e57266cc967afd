// The client library alone: writes records as JSON in atomic batches of 900 messages, without a ledger. Arguments: port, stream,
// number of records. Prints CPU milliseconds.
import { type Batch, jetstream } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { payments } from './payments.ts';

const [port = '', stream = '', count = ''] = process.argv.slice(2);
const MESSAGES = 900;
const connection = await connect({ port: Number(port), tls: null });
const client = jetstream(connection, { timeout: 30_000 });
const subject = `${stream}.a`;
const before = process.cpuUsage();
let batch: Batch | undefined;
let inBatch = 0;
let last = '';
for (const payment of payments(0, Number(count))) {
  if (inBatch > 1) batch?.add(subject, last);
  last = JSON.stringify(payment);
  inBatch += 1;
  if (inBatch === 1) batch = await client.startBatch(subject, last);
  if (inBatch < MESSAGES) continue;
  await batch?.commit(subject, last, { timeout: 30_000 });
  inBatch = 0;
}
if (inBatch > 1) await batch?.commit(subject, last, { timeout: 30_000 });
const { user, system } = process.cpuUsage(before);
process.stdout.write(`${JSON.stringify({ cpuMs: (user + system) / 1_000 })}\n`);
process.exit(0);
