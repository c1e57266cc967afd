// The public function for Parquet files in sinks of other packages.
import type { FileFormat } from '@millrace/core';
import { validateOptions } from '@millrace/core/engine';
import { type ParquetFormatInput, parquetFormatOptions } from './files-sink.options.ts';
import { parquetEncoder } from './formats/parquet-format.ts';
import { typedColumns } from './formats/typed-column.ts';

/**
 * The format of Parquet files, as `filesSink` writes them, for sinks that take a `FileFormat`.
 *
 * ```ts
 * const format = parquetFormat({ columns: [{ name: 'id', type: 'int64' }, 'city'] });
 * const orders = new SinkWriter(s3Sink<Order>({ bucket: 'shop', prefix: 'orders/', format }));
 * ```
 *
 * @throws `MR_CONFIG_INVALID_OPTION` with path, value and expectation.
 */
export function parquetFormat(input: ParquetFormatInput): FileFormat {
  const request = { owner: 'format parquet', schema: parquetFormatOptions, secrets: [], input };
  const { columns, ...rest } = validateOptions(request).options;
  return Object.freeze({
    suffix: '.parquet',
    contentType: 'application/vnd.apache.parquet',
    encode: parquetEncoder({ columns: typedColumns(columns), ...rest }),
  });
}
