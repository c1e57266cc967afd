// The public names of @millrace/sink-clickhouse.
export { clickhouseSink } from './clickhouse-sink.ts';
export { clickhouseSinkOptions } from './clickhouse-sink.options.ts';
export type {
  ClickhouseColumn,
  ClickhouseSinkInput,
  ClickhouseSinkOptions,
  ClickhouseTableOptions,
} from './clickhouse-sink.options.ts';
export type { ClickhouseRow, ClickhouseValue } from './rows/row-text.ts';
export type {
  ClickhouseConnectionInput,
  ClickhouseConnectionOptions,
} from './connection/connection-options.ts';
export { CLICKHOUSE_SINK_ERROR_CODES } from './clickhouse-sink-errors.ts';
