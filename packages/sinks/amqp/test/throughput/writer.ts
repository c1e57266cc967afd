// One writer of one round: the sink, or the client library by hand, which publishes a batch and waits for the confirmations of
// the broker. Arguments: `sink` or `bare`, port, queue, records of a batch, batches.
import { connect } from 'amqplib';
import { measureWriter, type Payment } from '../../../../../tools/throughput/measured-writer.ts';
import { amqpSink } from '../../src/index.ts';

const [kind = '', port = '', queue = '', rows = '', batches = ''] = process.argv.slice(2);
const size = { rows: Number(rows), batches: Number(batches) };

async function bySink(): Promise<void> {
  const sink = amqpSink<Payment>({ host: '127.0.0.1', port: Number(port), routingKey: queue });
  await sink.open?.();
  const identity = { application: 'bench', outputOperation: 0, partition: 0, partitions: 1 };
  await measureWriter(size, (records, batch) =>
    sink.write(records, { ...identity, batchTime: (batch + 1) * 1_000 }),
  );
  await sink.close?.();
}

async function byHand(): Promise<void> {
  const model = await connect({ hostname: '127.0.0.1', port: Number(port) }, { noDelay: true });
  const channel = await model.createConfirmChannel();
  const options = { persistent: true, mandatory: true, contentType: 'application/json' };
  await measureWriter(size, async (records, batch) => {
    let index = 0;
    for (const record of records) {
      const messageId = `bench-${batch}-${index}`;
      channel.publish('', queue, Buffer.from(JSON.stringify(record)), { ...options, messageId });
      index += 1;
    }
    await channel.waitForConfirms();
  });
  await model.close();
}

await (kind === 'sink' ? bySink() : byHand());
process.exit(0);
