// The client library alone: reads a stream from its beginning and parses every value. Arguments: `stream` (an ordered consumer,
// nothing is acknowledged) or `records` (a durable consumer, every message is acknowledged), port, stream, number of messages.
// Prints CPU milliseconds.
import { AckPolicy, jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';

const [kind = '', port = '', stream = '', count = ''] = process.argv.slice(2);
const HELD = 20_000;

const connection = await connect({ port: Number(port), tls: null });
const name = `bare-${process.pid}`;
if (kind === 'records') {
  const manager = await jetstreamManager(connection);
  await manager.consumers.add(stream, {
    durable_name: name,
    ack_policy: AckPolicy.Explicit,
    max_ack_pending: HELD,
  });
}
const { consumers } = jetstream(connection);
const consumer = kind === 'records' ? await consumers.get(stream, name) : await consumers.get(stream);
let seen = 0;
let sum = 0;
const before = process.cpuUsage();
for await (const message of await consumer.consume({ max_messages: HELD })) {
  const { amount } = message.json<{ readonly amount: number }>();
  sum += amount;
  seen += 1;
  if (kind === 'records') message.ack();
  if (seen === Number(count)) break;
}
await connection.flush();
const { user, system } = process.cpuUsage(before);
process.stdout.write(`${JSON.stringify({ cpuMs: (user + system) / 1_000, seen, sum })}\n`);
process.exit(0);
