import { expect, it } from 'vitest';
import { unsupportedRecord } from './unsupported-record.ts';

it('names the record, the cause and the remedy', () => {
  const write = { application: 'app', batchTime: 1_000, outputOperation: 0, partition: 3, partitions: 4 };
  const cause = new Error('a bigint');
  const error = unsupportedRecord({
    expected: 'records that are messages',
    index: 7,
    write,
    cause,
    hint: 'map',
  });
  expect(error).toMatchObject({ code: 'MR_SINK_UNSUPPORTED_RECORD', details: { ...write, index: 7 }, cause });
  expect(error.message).toBe(
    'expected records that are messages, but record 7 of partition 3: a bigint; map',
  );
});
