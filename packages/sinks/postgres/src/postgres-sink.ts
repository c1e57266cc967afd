// The public function of the package: batches as rows of a table, each written once.
import { CONNECTION_SECRETS } from '@millrace/connection-postgres';
import type { Sink } from '@millrace/core';
import { validateOptions } from '@millrace/core/engine';
import { type PostgresSinkInput, postgresSinkOptions } from './postgres-sink.options.ts';
import type { PostgresRow } from './rows/row-values.ts';
import { PostgresTableSink } from './postgres-table-sink.ts';

/**
 * A sink that writes each partition of each batch in one transaction, effectively once. With `key` the table has one row for
 * each key, and a record replaces the row with its key.
 *
 * ```ts
 * const counts = new SinkWriter(
 *   postgresSink<[string, number]>(
 *     { url: 'postgres://ann@localhost/shop', table: 'counts', columns: ['word', 'count'] },
 *     ([word, count]) => ({ word, count }),
 *   ),
 * );
 * stream.foreachPartition(counts.write);
 * ```
 *
 * @param row Converts a record to a row. Default: records are rows, plain objects with a field for every column.
 * @throws `MR_CONFIG_INVALID_OPTION` with path, value and expectation.
 */
export function postgresSink<T>(options: PostgresSinkInput<T>, row?: (record: T) => PostgresRow): Sink<T> {
  const request = {
    owner: 'sink postgres',
    schema: postgresSinkOptions,
    secrets: CONNECTION_SECRETS,
    input: options as PostgresSinkInput,
  };
  const { options: valid } = validateOptions(request);
  return new PostgresTableSink<T>(valid, { row, remove: options.remove });
}
