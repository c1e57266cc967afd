// The files behind the option `tls`, read through the engine's storage. They are read at every start, so a renewed
// certificate is taken up by the next one.
import type { SecureContextOptions, TlsOptions } from 'node:tls';
import type { Storage } from '@millrace/core';
import type { HttpOptions } from '../http.options.ts';

/** No certificate, chain or key comes near this. */
const FILE_BYTES_MAX = 1_048_576;

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
    cert: await readFile(storage, certFile),
    key: await readFile(storage, keyFile),
    ...(passphrase === undefined ? {} : { passphrase }),
    ...(clientCaFile === undefined
      ? {}
      : { ca: await readFile(storage, clientCaFile), requestCert: true, rejectUnauthorized: true }),
  };
}

async function readFile(storage: Storage, path: string): Promise<Buffer> {
  const file = await storage.open(path, 'read');
  try {
    const size = await file.size();
    if (size > FILE_BYTES_MAX)
      throw new Error(`expected at most ${FILE_BYTES_MAX} bytes in ${path}, got ${size}`);
    return Buffer.from(await file.readAt(0, size));
  } finally {
    await file.close();
  }
}
