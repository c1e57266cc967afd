// The public names of @millrace/sink-postgres.
export { postgresSink } from './postgres-sink.ts';
export { postgresSinkOptions } from './postgres-sink.options.ts';
export type {
  PostgresColumn,
  PostgresSinkInput,
  PostgresSinkOptions,
  PostgresTableOptions,
} from './postgres-sink.options.ts';
export type { PostgresRow, PostgresValue } from './rows/row-values.ts';
export type { PostgresConnectionInput, PostgresConnectionOptions } from '@millrace/connection-postgres';
export { POSTGRES_SINK_ERROR_CODES } from './postgres-sink-errors.ts';
