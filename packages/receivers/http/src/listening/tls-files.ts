// The files behind the option `tls`, read through the engine's storage. The files are read at every start, so the next
// start uses a renewed certificate.
import type { SecureContextOptions, TlsOptions } from 'node:tls';
import type { Storage } from '@millrace/core';
import { readSmallFile } from '@millrace/core/engine';
import type { HttpOptions } from '../http.options.ts';

/** The additional settings of an HTTPS server. */
export type ServerTls = Pick<SecureContextOptions, 'cert' | 'key' | 'passphrase' | 'ca'> &
  Pick<TlsOptions, 'requestCert' | 'rejectUnauthorized'>;

/**
 * Reads certificate and key, and the certificates for checking clients when configured.
 *
 * @throws `MR_STORAGE_…` as the storage does; Error when a file is too large for a certificate or a key.
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
