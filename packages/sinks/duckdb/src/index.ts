// The public names of @millrace/sink-duckdb.
export { duckdbSink } from './duckdb-sink.ts';
export { duckdbSinkOptions } from './duckdb-sink.options.ts';
export type { DuckdbColumn, DuckdbSinkInput, DuckdbSinkOptions } from './duckdb-sink.options.ts';
export type { DuckdbRow, DuckdbValue } from './rows/row-values.ts';
export { DUCKDB_SINK_ERROR_CODES } from './duckdb-sink-errors.ts';
