// One writer of one round: the sink, or the SDK by hand, which stores the same object for each batch without a look before.
// Arguments: `sink` or `bare`, place of the bucket, records of a batch, batches.
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { measureWriter, type Payment } from '../../../../../tools/throughput/measured-writer.ts';
import { s3Sink } from '../../src/index.ts';

const [kind = '', place = '', rows = '', batches = ''] = process.argv.slice(2);
const size = { rows: Number(rows), batches: Number(batches) };
const options = JSON.parse(place) as Record<
  'bucket' | 'endpoint' | 'accessKeyId' | 'secretAccessKey',
  string
>;

async function bySink(): Promise<void> {
  const sink = s3Sink<Payment>(options);
  await sink.open?.();
  const identity = { application: 'bench', outputOperation: 0, partition: 0, partitions: 1 };
  await measureWriter(size, (records, batch) =>
    sink.write(records, { ...identity, batchTime: (batch + 1) * 1_000 }),
  );
  await sink.close?.();
}

async function byHand(): Promise<void> {
  const { bucket, endpoint, ...credentials } = options;
  const client = new S3Client({ endpoint, region: 'us-east-1', forcePathStyle: true, credentials });
  await measureWriter(size, async (records, batch) => {
    let text = '';
    for (const record of records) text += `${JSON.stringify(record)}\n`;
    const object = { Bucket: bucket, Key: `bench-${batch}.ndjson`, Body: Buffer.from(text) };
    await client.send(new PutObjectCommand(object));
  });
}

await (kind === 'sink' ? bySink() : byHand());
process.exit(0);
