// Options as applications wrote for version 0.1.0, with their meaning. Nothing here changes: later versions accept the
// same options.
import type { PublishedOptions } from '@millrace/testing/conformance';

const ALL = {
  file: 'flights.txt',
  format: 'csv',
  timestamp: 'date',
  timestampFormat: 'epoch-ms',
  speed: 3_600,
  partition: { index: 1, of: 2 },
  startAt: 5,
  order: 'timestamp',
  onMalformed: 'stop',
  columns: ['a', 'date'],
  delimiter: ';',
  tickMs: 1,
  maxRecordBytes: 2_048,
  maxSortBytes: 1,
};

/** Options of `replay` 0.1.0. */
export const PUBLISHED_OPTIONS: readonly PublishedOptions[] = [
  {
    input: { file: 'flights.json', timestamp: 'date' },
    output: {
      format: 'json',
      timestampFormat: 'auto',
      speed: 1,
      order: 'file',
      onMalformed: 'skip',
      tickMs: 10,
      maxRecordBytes: 1_048_576,
      maxSortBytes: 64 * 1_048_576,
    },
  },
  { input: ALL, output: { ...ALL, startAtMs: 5 } },
];
