// The tables of the results. Both are in one SQLite file; each write of a batch is one transaction, and a batch that runs
// again after a crash changes nothing.
import { join } from 'node:path';
import { SinkWriter, sqliteSink } from 'millrace';
import type { WindowRow } from './pipeline.ts';
import type { Reading } from './reading.ts';

/** The writers of the results. */
export interface Outputs {
  readonly windows: SinkWriter<WindowRow>;
  readonly late: SinkWriter<Reading>;
  close(): Promise<void>;
}

/** Makes the writers; the file is opened at the first write. */
export function createOutputs(dataDirectory: string): Outputs {
  const file = join(dataDirectory, 'results.db');
  const windows = new SinkWriter(
    sqliteSink<WindowRow>({
      file,
      table: 'windows',
      columns: ['sensor', 'windowStart', 'windowEnd', 'count', 'mean', 'min', 'max'],
      // A later value of a window replaces the earlier one.
      key: ['sensor', 'windowStart'],
      ledgerTable: 'windows_ledger',
    }),
  );
  const late = new SinkWriter(
    sqliteSink<Reading>({
      file,
      table: 'late_readings',
      columns: ['sensor', 'at', 'value', 'unit'],
      ledgerTable: 'late_readings_ledger',
    }),
  );
  return {
    windows,
    late,
    close: async () => {
      await Promise.all([windows.close(), late.close()]);
    },
  };
}
