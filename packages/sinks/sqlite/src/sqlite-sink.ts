// The public function of the package: batches as rows of a table, each written once.
import type { Sink } from '@millrace/core';
import { validateOptions } from '@millrace/core/engine';
import type { SqliteRow } from './row-values.ts';
import type { SqliteModule } from './sqlite-module.ts';
import { type SqliteSinkInput, sqliteSinkOptions } from './sqlite-sink.options.ts';
import { TableSink } from './table-sink.ts';

/**
 * A sink that writes each partition of each batch in one transaction, effectively once. With `key` the table has one row for
 * each key, and a record replaces the row with its key.
 *
 * ```ts
 * const counts = new SinkWriter(
 *   sqliteSink<[string, number]>({ file: './words.db', table: 'counts', columns: ['word', 'count'] }, ([word, count]) => ({
 *     word,
 *     count,
 *   })),
 * );
 * stream.foreachPartition(counts.write);
 * ```
 *
 * @param row Converts a record to a row. Default: records are rows, plain objects with a field for every column.
 * @param sqlite The SQLite module; by default `node:sqlite`. For tests and simulation, which make statements fail.
 * @throws `MR_CONFIG_INVALID_OPTION` with path, value and expectation.
 */
export function sqliteSink<T>(
  options: SqliteSinkInput<T>,
  row?: (record: T) => SqliteRow,
  sqlite?: SqliteModule,
): Sink<T> {
  const request = { owner: 'sink sqlite', schema: sqliteSinkOptions, secrets: [], input: options };
  const load = sqlite === undefined ? {} : { load: () => sqlite };
  const { options: valid } = validateOptions(request);
  return new TableSink<T>({ options: valid, row, remove: options.remove, ...load });
}
