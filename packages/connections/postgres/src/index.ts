// The public names of @millrace/connection-postgres.
export { clientSettings } from './client-settings.ts';
export type { PostgresClientSettings } from './client-settings.ts';
export {
  addressOf,
  CONNECTION_RULES,
  CONNECTION_SECRETS,
  connectionMismatches,
  placeOf,
} from './connection-options.ts';
export type {
  PostgresAddress,
  PostgresConnectionInput,
  PostgresConnectionOptions,
} from './connection-options.ts';
export { literal, qualified, quoted } from './quoted.ts';
export { serverFailure, sqlStateOf } from './server-failure.ts';
export type { FailedPostgresAction, ServerFailure } from './server-failure.ts';
