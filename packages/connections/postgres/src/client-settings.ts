// The settings of the client library `pg`. The library connects to nothing again: a failure goes to the engine.
import { checkServerIdentity, type ConnectionOptions } from 'node:tls';
import { type ClientTlsDeps, usableClientTls } from '@millrace/core/engine';
import { addressOf, type PostgresConnectionOptions } from './connection-options.ts';

/** The settings of a client or a pool. */
export interface PostgresClientSettings {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password: () => string;
  readonly application_name: string;
  readonly connectionTimeoutMillis: number;
  readonly keepAlive: boolean;
  readonly ssl: false | ConnectionOptions;
}

/**
 * The settings for connections. Reads the files of `tls`.
 *
 * @throws the error of `unusableTls`
 */
export async function clientSettings(
  options: PostgresConnectionOptions,
  deps: ClientTlsDeps,
): Promise<PostgresClientSettings> {
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
    ssl: await tlsSettings(options, host, deps),
  };
}

async function tlsSettings(
  { tls }: PostgresConnectionOptions,
  host: string,
  deps: ClientTlsDeps,
): Promise<false | ConnectionOptions> {
  if (tls === undefined) return false;
  const { servername = host, ...files } = await usableClientTls(tls, deps);
  // The library replaces the name, and for an address Node would expect `localhost`.
  return { ...files, checkServerIdentity: (_, certificate) => checkServerIdentity(servername, certificate) };
}
