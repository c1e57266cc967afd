// The files behind the option `tls`, read through the engine's storage. They are read at every start, so a renewed
// certificate is taken up by the next one.
import type { SecureContextOptions, TlsOptions } from 'node:tls';
import type { Storage } from '@millrace/core';
import { readSmallFile } from '@millrace/core/engine';
import type { HttpOptions } from '../http.options.ts';

/** What an HTTPS server needs besides what every server does. */
export type ServerTls = Pick<SecureContextOptions, 'cert' | 'key' | 'passphrase' | 'ca'> &
  Pick<TlsOptions, 'requestCert' | 'rejectUnauthorized'>;

/**
 * Reads certificate and key, and the certificates of clients where they are asked for.
 *
 * @throws `MR_STORAGE_…` as the storage does; Error when a file is too large to be one of these.
 */
export async function readTlsFiles(
  storage: Storage,
  tls: NonNullable<HttpOptions['tls']>,
): Promise<ServerTls> {
  const { certFile, keyFile, clientCaFile, passphrase } = tls;
  return {
    cert: await readSmallFile(storage, certFile),
    key: await readSmallFile(storage, keyFile),
    ...(passphrase === undefined ? {} : { passphrase }),
    ...(clientCaFile === undefined
      ? {}
      : { ca: await readSmallFile(storage, clientCaFile), requestCert: true, rejectUnauthorized: true }),
  };
}
