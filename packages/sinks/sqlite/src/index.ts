// The public names of @millrace/sink-sqlite.
export { sqliteSink } from './sqlite-sink.ts';
export { sqliteSinkOptions } from './sqlite-sink.options.ts';
export type { SqliteSinkInput, SqliteSinkOptions } from './sqlite-sink.options.ts';
export type { SqliteRow, SqliteValue } from './row-values.ts';
export type { SqliteModule } from './sqlite-module.ts';
export { SQLITE_SINK_ERROR_CODES } from './sqlite-sink-errors.ts';
