// The sink: writes the same records in partitions of several atomic batches. Arguments: port, stream, number of records. Prints
// CPU milliseconds.
import { natsSink } from '../../src/index.ts';
import { BATCH, type Payment, payments } from './payments.ts';

const [port = '', stream = '', count = ''] = process.argv.slice(2);
const options = { host: '127.0.0.1', port: Number(port), stream, subject: `${stream}.a` };
const sink = natsSink<Payment>({ ...options, requestTimeoutMs: 30_000 });
await sink.open?.();
const before = process.cpuUsage();
for (let from = 0; from < Number(count); from += BATCH) {
  const identity = { application: 'app', batchTime: from + 1_000, outputOperation: 0 };
  const write = { ...identity, partition: 0, partitions: 1 };
  await sink.write(payments(from, Math.min(BATCH, Number(count) - from)), write);
}
const { user, system } = process.cpuUsage(before);
process.stdout.write(`${JSON.stringify({ cpuMs: (user + system) / 1_000 })}\n`);
process.exit(0);
