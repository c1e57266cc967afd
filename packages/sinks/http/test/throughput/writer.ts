// One writer of one round: the sink, or `fetch` by hand with the same body and a key for each request. Arguments: `sink` or
// `bare`, URL, records of a batch, batches.
import { measureWriter, type Payment } from '../../../../../tools/throughput/measured-writer.ts';
import { httpSink } from '../../src/index.ts';

const [kind = '', url = '', rows = '', batches = ''] = process.argv.slice(2);
const size = { rows: Number(rows), batches: Number(batches) };

async function bySink(): Promise<void> {
  const sink = httpSink<Payment>({ url });
  await sink.open?.();
  const identity = { application: 'bench', outputOperation: 0, partition: 0, partitions: 1 };
  await measureWriter(size, (records, batch) =>
    sink.write(records, { ...identity, batchTime: (batch + 1) * 1_000 }),
  );
  await sink.close?.();
}

async function byHand(): Promise<void> {
  await measureWriter(size, async (records, batch) => {
    let body = '';
    for (const record of records) body += `${JSON.stringify(record)}\n`;
    const headers = { 'content-type': 'application/x-ndjson', 'idempotency-key': `"bench-${batch}"` };
    const answer = await fetch(url, { method: 'POST', headers, body });
    if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
    await answer.text();
  });
}

await (kind === 'sink' ? bySink() : byHand());
process.exit(0);
