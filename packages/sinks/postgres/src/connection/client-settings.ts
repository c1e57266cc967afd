// The settings of the client library.
import { checkServerIdentity } from 'node:tls';
import { NodeStorage } from '@millrace/core';
import { failureText, readClientTls } from '@millrace/core/engine';
import type { PoolConfig } from 'pg';
import { postgresSinkError } from '../postgres-sink-errors.ts';
import { addressOf, type PostgresConnectionOptions } from './connection-options.ts';

/** An idle connection is closed after this time. */
const IDLE_MS = 60_000;

/**
 * The settings for the connections of one sink. Reads the files of `tls`.
 *
 * @throws `MR_SINK_POSTGRES_TLS_UNUSABLE`
 */
export async function clientSettings(
  options: PostgresConnectionOptions & { readonly connections: number },
): Promise<PoolConfig> {
  const { host, port, database, username, password } = addressOf(options);
  return {
    host,
    port,
    database,
    user: username,
    // A function: without a password the library would look into files and variables of the environment.
    password: () => password ?? '',
    application_name: 'millrace',
    max: options.connections,
    connectionTimeoutMillis: options.connectTimeoutMs,
    idleTimeoutMillis: IDLE_MS,
    keepAlive: true,
    allowExitOnIdle: true,
    ssl: await tlsSettings(options, host),
  };
}

async function tlsSettings(
  { tls }: PostgresConnectionOptions,
  host: string,
): Promise<NonNullable<PoolConfig['ssl']>> {
  if (tls === undefined) return false;
  try {
    const { servername = host, ...files } = await readClientTls(new NodeStorage(), tls);
    // The library replaces the name, and for an address Node would expect `localhost`.
    return {
      ...files,
      checkServerIdentity: (_, certificate) => checkServerIdentity(servername, certificate),
    };
  } catch (cause) {
    const reason = failureText(cause, [tls.passphrase]);
    throw postgresSinkError('MR_SINK_POSTGRES_TLS_UNUSABLE', `expected usable TLS files: ${reason}`);
  }
}
