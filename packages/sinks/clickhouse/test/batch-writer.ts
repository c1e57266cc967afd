// A program that a test starts and kills: writes seeded batches to a table.
import { writeSeededBatches } from '@millrace/testing';
import { clickhouseSink } from '../src/index.ts';

const [place = '{}', ...args] = process.argv.slice(2);
const options = {
  ...(JSON.parse(place) as { readonly host: string; readonly port: number; readonly database: string }),
  table: 'records',
  columns: ['record'],
  create: true,
  // Most partitions need several inserts.
  maxRowsPerInsert: 60,
};
await writeSeededBatches(
  clickhouseSink<string>(options, (record) => ({ record })),
  args,
);
