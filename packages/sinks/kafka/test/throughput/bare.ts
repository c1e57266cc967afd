// The client library alone: the same records with the same partitions of keys, in requests of the same size, with a transaction for
// each partition of a batch or without. Arguments as of sink.ts. Prints CPU milliseconds.
import { compatibilityPartitioner, type MessageToProduce, Producer } from '@platformatic/kafka';
import { payments, RECORDS_PER_PARTITION } from './payments.ts';

/** As many as the sink puts into one request. */
const MESSAGES_PER_REQUEST = 6_000;

const [kind = '', port = '', topic = '', count = ''] = process.argv.slice(2);
const producer = new Producer({
  clientId: 'bare',
  bootstrapBrokers: [`127.0.0.1:${port}`],
  transactionalId: topic,
  idempotent: true,
  partitioner: compatibilityPartitioner,
  retries: 1_000,
  retryDelay: 5,
});
const before = process.cpuUsage();
for (let from = 0; from < Number(count); from += RECORDS_PER_PARTITION) {
  const messages: MessageToProduce[] = payments(from).map((payment) => ({
    topic,
    key: Buffer.from(payment.customer),
    value: Buffer.from(JSON.stringify(payment)),
  }));
  const transaction =
    kind === 'plain' ? undefined : await producer.beginTransaction({ producerId: -1n, producerEpoch: -1 });
  for (let at = 0; at < messages.length; at += MESSAGES_PER_REQUEST) {
    const some = { messages: messages.slice(at, at + MESSAGES_PER_REQUEST) };
    await (transaction === undefined ? producer.send(some) : transaction.send(some));
  }
  await transaction?.commit();
}
const { user, system } = process.cpuUsage(before);
process.stdout.write(`${JSON.stringify({ cpuMs: (user + system) / 1_000 })}\n`);
await producer.close(true);
