// The settings of the client library. The client connects once and never again: a failure goes to the plugin.
import { type ClientTlsDeps, usableClientTls } from '@millrace/core/engine';
import type { RedisClientOptions } from '@redis/client';
import { addressOf, type RedisConnectionOptions } from './connection-options.ts';

/** Collaborators of `clientSettings`. */
export interface RedisSettingsDeps extends ClientTlsDeps {
  /** Ends a connection that does not stand yet; the library cannot. */
  readonly signal?: AbortSignal;
}

/**
 * The settings for one connection. Reads the files of `tls`. A connection without a byte for `requestTimeoutMs` ends, also an
 * idle one.
 *
 * @throws the error of `unusableTls`
 */
export async function clientSettings(
  options: RedisConnectionOptions,
  { signal, ...deps }: RedisSettingsDeps,
): Promise<RedisClientOptions> {
  const { host, port, database, username, password, tls } = addressOf(options);
  const socket = {
    host,
    port,
    connectTimeout: options.connectTimeoutMs,
    socketTimeout: options.requestTimeoutMs,
    reconnectStrategy: false,
    ...(signal === undefined ? {} : { signal }),
  } as const;
  const client = {
    database,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    disableClientInfo: true,
    maintNotifications: 'disabled',
  } as const;
  if (tls === undefined) return { ...client, socket };
  return {
    ...client,
    socket: { ...socket, tls: true, ...(await usableClientTls(tls, deps)) },
  };
}
