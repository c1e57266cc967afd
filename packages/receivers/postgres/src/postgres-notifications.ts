// `postgresNotifications`: the payloads of NOTIFY. The type argument is the program's own claim about the values, as with
// `JSON.parse`; the type is not checked.
import { CONNECTION_SECRETS, placeOf } from '@millrace/connection-postgres';
import { type ConfiguredReceiver, defineReceiver, type ReceiverFactory } from '@millrace/core';
import {
  type PostgresNotificationsInput,
  type PostgresNotificationsOptions,
  postgresNotificationsOptions,
} from './notifications/notifications-options.ts';
import { NotificationsReceiver } from './notifications/notifications-receiver.ts';

/** Makes configured receivers. `T` is the expected type of records; the type is not checked. */
export interface PostgresNotificationsFactory extends ReceiverFactory<unknown, PostgresNotificationsInput> {
  <T = unknown>(options: PostgresNotificationsInput): ConfiguredReceiver<T>;
}

/**
 * A receiver of notifications of PostgreSQL (`NOTIFY`). A notification that is sent while the receiver is away is lost, and so is
 * one that finds the buffer full; for records that must not be lost use `postgresRows` or `postgresChanges`.
 *
 * ```ts
 * const signals = ssc.receiverStream(postgresNotifications<Signal>({ host: 'localhost', channels: ['signals'] }));
 * ```
 *
 * @throws `MR_CONFIG_INVALID_OPTION` with path, value and expectation.
 */
export const postgresNotifications: PostgresNotificationsFactory = defineReceiver<
  unknown,
  PostgresNotificationsInput,
  PostgresNotificationsOptions
>({
  name: 'postgres-notifications',
  contract: 1,
  capabilities: {
    ack: 'none',
    replayable: false,
    ordering: 'per-stream',
    pause: false,
    bounded: false,
    format: 'records',
    touches: ['network'],
  },
  options: postgresNotificationsOptions,
  secrets: CONNECTION_SECRETS,
  describe: (options) =>
    `notifications of ${options.channels.join(', ')} in ${placeOf(options)}${options.tls === undefined ? '' : ' (TLS)'}`,
  create: (options) => new NotificationsReceiver(options),
});
