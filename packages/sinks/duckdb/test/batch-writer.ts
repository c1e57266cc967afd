// A program that a test starts and kills: writes seeded batches to a database, with or without a key.
import { writeSeededBatches } from '@millrace/testing';
import { duckdbSink } from '../src/index.ts';

const [file = '', key = '', ...args] = process.argv.slice(2);
const options = { file, table: 'records', columns: ['record'], ...(key === '' ? {} : { key: [key] }) };
await writeSeededBatches(
  duckdbSink<string>(options, (record) => ({ record })),
  args,
);
