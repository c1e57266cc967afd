// The public function of the package: batches as rows of a table, each written once.
import type { Sink } from '@millrace/core';
import { validateOptions } from '@millrace/core/engine';
import { type DuckdbSinkInput, duckdbSinkOptions } from './duckdb-sink.options.ts';
import { DuckdbTableSink } from './duckdb-table-sink.ts';
import type { DuckdbRow } from './rows/row-values.ts';

/**
 * A sink that writes each partition of each batch in one transaction, effectively once. With `key` the table has one row for
 * each key, and a record replaces the row with its key.
 *
 * ```ts
 * const counts = new SinkWriter(
 *   duckdbSink<[string, number]>(
 *     { file: './words.duckdb', table: 'counts', columns: ['word', { name: 'count', type: 'BIGINT' }] },
 *     ([word, count]) => ({ word, count }),
 *   ),
 * );
 * stream.foreachPartition(counts.write);
 * ```
 *
 * @param row Converts a record to a row. Default: records are rows, plain objects with a field for every column.
 * @throws `MR_CONFIG_INVALID_OPTION` with path, value and expectation.
 */
export function duckdbSink<T>(options: DuckdbSinkInput<T>, row?: (record: T) => DuckdbRow): Sink<T> {
  const request = {
    owner: 'sink duckdb',
    schema: duckdbSinkOptions,
    secrets: [],
    input: options as DuckdbSinkInput,
  };
  const { options: valid } = validateOptions(request);
  return new DuckdbTableSink<T>(valid, { row, remove: options.remove });
}
