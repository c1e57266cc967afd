// The client library alone: reads a topic from its beginning, parses every value, and commits after every thousand records.
// Arguments: `partition` (no commits) or `group`, port, topic, number of records. Prints CPU milliseconds.
import { Consumer } from '@platformatic/kafka';

const [kind = '', port = '', topic = '', count = ''] = process.argv.slice(2);
const COMMIT_EVERY = 1_000;
const consumer = new Consumer({
  clientId: 'bare',
  groupId: `bare-${process.pid}`,
  bootstrapBrokers: [`127.0.0.1:${port}`],
  maxWaitTime: 100,
  maxBytes: 1_048_576,
});
let before = process.cpuUsage();
const stream = await consumer.consume({
  topics: [topic],
  autocommit: false,
  ...(kind === 'group' ? { mode: 'committed', fallbackMode: 'earliest' } : { mode: 'earliest' }),
});
let seen = 0;
let sum = 0;
for await (const message of stream) {
  if (seen === 0) before = process.cpuUsage();
  const { amount } = JSON.parse(message.value.toString()) as { readonly amount: number };
  sum += amount;
  seen += 1;
  if (kind === 'group' && seen % COMMIT_EVERY === 0) {
    const { topic: of, partition, offset } = message;
    await consumer.commit({ offsets: [{ topic: of, partition, offset: offset + 1n, leaderEpoch: -1 }] });
  }
  if (seen === Number(count)) break;
}
const { user, system } = process.cpuUsage(before);
process.stdout.write(`${JSON.stringify({ cpuMs: (user + system) / 1_000, seen, sum })}\n`);
process.exit(0);
