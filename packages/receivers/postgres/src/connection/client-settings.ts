// The settings of the client library. The library connects to nothing again: a failure goes to the engine, which restarts the
// receiver with growing delays.
import { checkServerIdentity } from 'node:tls';
import type { Storage } from '@millrace/core';
import { failureText, readClientTls } from '@millrace/core/engine';
import type { ClientConfig } from 'pg';
import { postgresError } from '../postgres-errors.ts';
import { addressOf, type PostgresServerOptions } from './connection-options.ts';

/**
 * The settings for one connection. Reads the files of `tls`.
 *
 * @throws `MR_POSTGRES_TLS_UNUSABLE`
 */
export async function clientSettings(
  options: PostgresServerOptions,
  storage: Storage,
): Promise<ClientConfig> {
  const { host, port, database, username, password = '' } = addressOf(options);
  return {
    host,
    port,
    database,
    user: username,
    // A function: without a password the library would look into files and variables of the environment.
    password: () => password,
    application_name: 'millrace',
    connectionTimeoutMillis: options.connectTimeoutMs,
    keepAlive: true,
    ssl: await tlsSettings(options, host, storage),
  };
}

async function tlsSettings(
  { tls }: PostgresServerOptions,
  host: string,
  storage: Storage,
): Promise<NonNullable<ClientConfig['ssl']>> {
  if (tls === undefined) return false;
  try {
    const { servername = host, ...files } = await readClientTls(storage, tls);
    // The library replaces the name, and for an address Node would expect `localhost`.
    return {
      ...files,
      checkServerIdentity: (_, certificate) => checkServerIdentity(servername, certificate),
    };
  } catch (cause) {
    const reason = failureText(cause, [tls.passphrase]);
    throw postgresError('MR_POSTGRES_TLS_UNUSABLE', `expected usable TLS files: ${reason}`);
  }
}
