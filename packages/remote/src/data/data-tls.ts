// TLS between executors: each side shows a certificate and requires one, both from the same authority.
import type { SecureContextOptions } from 'node:tls';
import type { Storage } from '@millrace/core';
import { readClientTls } from '@millrace/core/engine';

/** The files of TLS, PEM. A host has one certificate: for its server, and for its requests to other hosts. */
export interface DataTlsOptions {
  /** The certificates of the authority that signed the certificates of all hosts. */
  readonly caFile: string;
  /** The certificate chain of this host, for its name in data addresses. */
  readonly certFile: string;
  /** The private key of the chain. */
  readonly keyFile: string;
  /** The passphrase of the key. Secret. */
  readonly passphrase?: string | undefined;
}

/** Certificates and key, read. */
export type DataTls = Pick<SecureContextOptions, 'ca' | 'cert' | 'key' | 'passphrase' | 'minVersion'>;

/**
 * Reads certificates and key. Both ends are Millrace, so the oldest accepted version is TLS 1.3.
 *
 * @throws `MR_STORAGE_…` as the storage does; Error when a file is too large for a certificate or a key.
 */
export async function readDataTls(storage: Storage, options: DataTlsOptions): Promise<DataTls> {
  return { ...(await readClientTls(storage, options)), minVersion: 'TLSv1.3' };
}
