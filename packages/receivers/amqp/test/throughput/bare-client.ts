// The client library alone: reads the waiting messages of a queue and parses every value. Arguments: `turn` or a number, port,
// queue, number of messages. `turn`: one acknowledgement for the messages of each turn of the event loop, so that no
// acknowledgement waits for time, as in the engine. A number: one acknowledgement for so many messages. Prints CPU milliseconds.
import { connect, type ConsumeMessage } from 'amqplib';

const [every = '', port = '', queue = '', count = ''] = process.argv.slice(2);
const model = await connect({ hostname: '127.0.0.1', port: Number(port) }, { noDelay: true });
const channel = await model.createChannel();
await channel.prefetch(5_000);
const before = process.cpuUsage();
let seen = 0;
let sum = 0;
let newest: ConsumeMessage | undefined;

function acknowledge(): void {
  if (newest !== undefined) channel.ack(newest, true);
  newest = undefined;
}

function end(): void {
  const { user, system } = process.cpuUsage(before);
  process.stdout.write(`${JSON.stringify({ cpuMs: (user + system) / 1_000, seen, sum })}\n`);
  process.exit(0);
}

await channel.consume(queue, (message) => {
  if (message === null) return;
  const { amount } = JSON.parse(message.content.toString()) as { readonly amount: number };
  sum += amount;
  seen += 1;
  if (every === 'turn' && newest === undefined) setImmediate(acknowledge);
  newest = message;
  if (seen % Number(every) === 0) acknowledge();
  if (seen === Number(count)) end();
});
