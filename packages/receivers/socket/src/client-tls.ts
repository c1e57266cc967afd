// Files behind the option `tls`, read through the storage of the engine at every start. The next connection uses a renewed
// certificate.
import type { ConnectionOptions } from 'node:tls';
import type { Storage } from '@millrace/core';
import { readSmallFile } from '@millrace/core/engine';
import type { SocketConnectionOptions } from './socket-connection.options.ts';

/** TLS parameters of a connection. The peer must always show a trusted certificate. */
export type ClientTls = Pick<ConnectionOptions, 'ca' | 'cert' | 'key' | 'passphrase' | 'servername'>;

/**
 * Reads the certificates to trust and to show.
 *
 * @throws `MR_STORAGE_…` as the storage does; Error when a file is too large to be one of these.
 */
export async function readClientTls(
  storage: Storage,
  tls: NonNullable<SocketConnectionOptions['tls']>,
): Promise<ClientTls> {
  const { caFile, certFile, keyFile, passphrase, serverName } = tls;
  return {
    ...(caFile === undefined ? {} : { ca: await readSmallFile(storage, caFile) }),
    ...(certFile === undefined ? {} : { cert: await readSmallFile(storage, certFile) }),
    ...(keyFile === undefined ? {} : { key: await readSmallFile(storage, keyFile) }),
    ...(passphrase === undefined ? {} : { passphrase }),
    ...(serverName === undefined ? {} : { servername: serverName }),
  };
}
