// The client library alone: reads the waiting messages of a queue, parses every value, and acknowledges a thousand messages at
// once. Arguments: port, queue, number of messages. Prints CPU milliseconds.
import { connect } from 'amqplib';

const [port = '', queue = '', count = ''] = process.argv.slice(2);
const ACKNOWLEDGE_EVERY = 1_000;
const model = await connect({ hostname: '127.0.0.1', port: Number(port) }, { noDelay: true });
const channel = await model.createChannel();
await channel.prefetch(5_000);
const before = process.cpuUsage();
let seen = 0;
let sum = 0;
await channel.consume(queue, (message) => {
  if (message === null) return;
  const { amount } = JSON.parse(message.content.toString()) as { readonly amount: number };
  sum += amount;
  seen += 1;
  if (seen % ACKNOWLEDGE_EVERY === 0) channel.ack(message, true);
  if (seen < Number(count)) return;
  const { user, system } = process.cpuUsage(before);
  process.stdout.write(`${JSON.stringify({ cpuMs: (user + system) / 1_000, seen, sum })}\n`);
  process.exit(0);
});
