// A program that a test starts and kills: writes seeded batches to a stream. Arguments: port, prefix.
import { writeSeededBatches } from '@millrace/testing';
import { redisSink } from '../src/index.ts';

const [port = '', prefix = '', ...args] = process.argv.slice(2);
await writeSeededBatches(
  // Many partitions are larger than one call.
  redisSink<string>({
    host: '127.0.0.1',
    port: Number(port),
    prefix,
    as: 'stream',
    key: 'records',
    rowsAtOnce: 60,
  }),
  args,
);
