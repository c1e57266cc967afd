// The options of `postgresNotifications`.
import {
  CONNECTION_RULES,
  connectionMismatches,
  type PostgresConnectionInput,
  type PostgresConnectionOptions,
} from '@millrace/connection-postgres';
import {
  DECODING_RULES,
  type DecodingOptions,
  option,
  type OptionTable,
  required,
  schemaByTable,
  wholeNumber,
  wholeNumberWithin,
} from '@millrace/core/engine';
import { areNames } from '../connection/name-rules.ts';

/** The options of notifications beside those of the connection and of values. */
export interface NotificationOptions {
  /** The channels to listen to, as in `NOTIFY`: PostgreSQL writes a name without quotes in small letters. */
  readonly channels: readonly string[];
  /** Notifications that wait while the engine takes no records; further ones are dropped, counted and reported. */
  readonly maxBuffered: number;
  /** The time between two questions to the server whether the connection still works, in milliseconds. */
  readonly heartbeatMs: number;
}

/** The options with every default filled in. */
export interface PostgresNotificationsOptions
  extends PostgresConnectionOptions, DecodingOptions, NotificationOptions {}

/** The options as an application writes them. */
export interface PostgresNotificationsInput
  extends PostgresConnectionInput, Partial<DecodingOptions>, Partial<Omit<NotificationOptions, 'channels'>> {
  readonly channels: readonly string[];
}

/** The rules of notifications. */
export const NOTIFICATION_RULES: OptionTable<NotificationOptions> = {
  channels: required(
    option<readonly string[]>('a list of names of channels of at most 63 bytes, each once', areNames),
  ),
  maxBuffered: wholeNumber(2_000),
  heartbeatMs: wholeNumberWithin(1, 3_600_000, 30_000),
};

/** Describes the options of `postgresNotifications`. */
export const postgresNotificationsOptions = schemaByTable<
  PostgresNotificationsInput,
  PostgresNotificationsOptions
>({ ...NOTIFICATION_RULES, ...DECODING_RULES, ...CONNECTION_RULES }, connectionMismatches);
