// A program that a test starts and kills: writes seeded batches to a table, with or without a key.
import { writeSeededBatches } from '@millrace/testing';
import { postgresSink } from '../src/index.ts';

const [place = '{}', key = '', ...args] = process.argv.slice(2);
const options = {
  ...(JSON.parse(place) as { readonly host: string; readonly port: number; readonly schema: string }),
  table: 'records',
  columns: ['record'],
  create: true,
  // Most partitions are larger: some are computed while they are sent.
  copyRows: 100,
  rowsInMemory: 150,
  ...(key === '' ? {} : { key: [key] }),
};
await writeSeededBatches(
  postgresSink<string>(options, (record) => ({ record })),
  args,
);
