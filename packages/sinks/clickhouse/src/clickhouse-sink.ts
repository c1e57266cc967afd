// The public function of the package: batches as rows of a table, each written once.
import type { Sink } from '@millrace/core';
import { validateOptions } from '@millrace/core/engine';
import { type ClickhouseSinkInput, clickhouseSinkOptions } from './clickhouse-sink.options.ts';
import { ClickhouseTableSink } from './clickhouse-table-sink.ts';
import { CONNECTION_SECRETS } from './connection/connection-options.ts';
import type { ClickhouseRow } from './rows/row-text.ts';

/**
 * A sink that inserts each partition of each batch under deduplication tokens, effectively once on a table that remembers
 * tokens.
 *
 * ```ts
 * const visits = new SinkWriter(
 *   clickhouseSink<Visit>({ url: 'http://localhost:8123/shop', table: 'visits', columns: ['page', 'at'] }),
 * );
 * stream.foreachPartition(visits.write);
 * ```
 *
 * @param row Converts a record to a row. Default: records are rows, plain objects with a field for every column.
 * @throws `MR_CONFIG_INVALID_OPTION` with path, value and expectation.
 */
export function clickhouseSink<T>(options: ClickhouseSinkInput, row?: (record: T) => ClickhouseRow): Sink<T> {
  const request = {
    owner: 'sink clickhouse',
    schema: clickhouseSinkOptions,
    secrets: CONNECTION_SECRETS,
    input: options,
  };
  return new ClickhouseTableSink<T>(validateOptions(request).options, row);
}
