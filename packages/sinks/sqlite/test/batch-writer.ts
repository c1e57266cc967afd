// A program that a test starts and kills: writes seeded batches to a database.
import { writeSeededBatches } from '@millrace/testing';
import { sqliteSink } from '../src/index.ts';

const [file = '', ...args] = process.argv.slice(2);
const options = { file, table: 'records', columns: ['record'] };
await writeSeededBatches(
  sqliteSink<string>(options, (record) => ({ record })),
  args,
);
