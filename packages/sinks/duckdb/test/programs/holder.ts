// A program that writes one batch and keeps the database open until a test kills the program.
import { setInterval } from 'node:timers';
import { duckdbSink } from '../../src/index.ts';

const [file = ''] = process.argv.slice(2);
const sink = duckdbSink<{ a: string }>({ file, table: 't', columns: ['a'] });
await sink.open?.();
await sink.write([{ a: 'of the holder' }], {
  application: 'holder',
  batchTime: 1_000,
  outputOperation: 0,
  partition: 0,
  partitions: 1,
});
process.stdout.write('open\n');
setInterval(() => undefined, 60_000);
