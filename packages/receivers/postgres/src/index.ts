// The public names of @millrace/receiver-postgres.
export { postgresChanges } from './postgres-changes.ts';
export type { PostgresChangesFactory } from './postgres-changes.ts';
export type { PostgresChange } from './changes/change-record.ts';
export { postgresChangesOptions } from './changes/changes-options.ts';
export type {
  ChangeOperation,
  PostgresChangesInput,
  PostgresChangesOptions,
} from './changes/changes-options.ts';
export type { PostgresChangesPosition } from './changes/changes-position.ts';
export { postgresNotifications } from './postgres-notifications.ts';
export type { PostgresNotificationsFactory } from './postgres-notifications.ts';
export { postgresNotificationsOptions } from './notifications/notifications-options.ts';
export type {
  PostgresNotificationsInput,
  PostgresNotificationsOptions,
} from './notifications/notifications-options.ts';
export type { PostgresNotification } from './notifications/notifications-receiver.ts';
export { postgresRows } from './postgres-rows.ts';
export type { PostgresRowsFactory } from './postgres-rows.ts';
export { postgresRowsOptions } from './rows/rows-options.ts';
export type { PostgresRowsInput, PostgresRowsOptions } from './rows/rows-options.ts';
export type { PostgresRowsPosition } from './rows/rows-position.ts';
export type { PostgresConnectionInput, PostgresConnectionOptions } from '@millrace/connection-postgres';
export { postgresReceivers } from './postgres.module.ts';
export { POSTGRES_ERROR_CODES } from './postgres-errors.ts';
