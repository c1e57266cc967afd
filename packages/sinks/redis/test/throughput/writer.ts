// One writer of one round: the sink, or the client library by hand with the same promise, entries of a stream together with their
// place in a ledger. By hand there are two ways: a script that gets all entries as one list, without checks, and a transaction
// with one command for each entry. Arguments: `sink` or `bare`, port, `script` or `multi`, records of a batch, batches.
import { createClient } from '@redis/client';
import { measureWriter, type Payment } from '../../../../../tools/throughput/measured-writer.ts';
import { redisSink } from '../../src/index.ts';

const [kind = '', port = '', byHand = '', rows = '', batches = ''] = process.argv.slice(2);
const size = { rows: Number(rows), batches: Number(batches) };
const STREAM = 'payments';
const LEDGER = 'bare-ledger';
const SCRIPT = `if redis.call('HSETNX', KEYS[2], ARGV[1], 1) == 0 then return 0 end
for at = 2, #ARGV do redis.call('XADD', KEYS[1], '*', 'value', ARGV[at]) end
return 1`;

async function bySink(): Promise<void> {
  const sink = redisSink<Payment>({ host: '127.0.0.1', port: Number(port), as: 'stream', key: STREAM });
  await sink.open?.();
  const identity = { application: 'bench', outputOperation: 0, partition: 0, partitions: 1 };
  await measureWriter(size, (records, batch) =>
    sink.write(records, { ...identity, batchTime: (batch + 1) * 1_000 }),
  );
  await sink.close?.();
}

async function bareClient() {
  const client = createClient({
    socket: { host: '127.0.0.1', port: Number(port), reconnectStrategy: false },
    RESP: 2,
  });
  await client.connect();
  return client;
}

async function byScript(): Promise<void> {
  const client = await bareClient();
  const hash = await client.scriptLoad(SCRIPT);
  await measureWriter(size, async (records, batch) => {
    const values = records.map((record) => JSON.stringify(record));
    await client.evalSha(hash, { keys: [STREAM, LEDGER], arguments: [String(batch), ...values] });
  });
  await client.close();
}

async function byTransaction(): Promise<void> {
  const client = await bareClient();
  await measureWriter(size, async (records, batch) => {
    // A batch that is in the ledger is known.
    if ((await client.hExists(LEDGER, String(batch))) === 1) return;
    const together = client.multi();
    together.hSet(LEDGER, String(batch), '1');
    for (const record of records) together.xAdd(STREAM, '*', { value: JSON.stringify(record) });
    await together.exec();
  });
  await client.close();
}

await (kind === 'sink' ? bySink() : byHand === 'script' ? byScript() : byTransaction());
process.exit(0);
