// TLS of clients: the option, and the files behind the option. Files are read through the storage of the engine at every
// start, so the next connection uses a renewed certificate.
import type { ConnectionOptions } from 'node:tls';
import type { Storage } from '../contracts/storage.ts';
import { readSmallFile } from '../files/read-small-file.ts';
import { filledText, optionGroup, type OptionRule } from '../options/option-rules.ts';
import { pathText } from '../options/path-text.ts';
import { failureText } from './failure-text.ts';

/** The option `tls` of a client. `{}` trusts the certificates that Node trusts. */
export interface ClientTlsOptions {
  /**
   * Certificates to trust, PEM; a path on the host of the executor. Default: the certificates that Node trusts. For a
   * server with a public certificate `tls: {}` is enough.
   */
  readonly caFile?: string | undefined;
  /** The certificate chain for a server that requests one, PEM. Together with `keyFile`. */
  readonly certFile?: string | undefined;
  /** The private key of the chain, PEM. Together with `certFile`. */
  readonly keyFile?: string | undefined;
  /** The passphrase of the key. Secret. */
  readonly passphrase?: string | undefined;
  /** The required name in the certificate of the server. Default: the name of the host. */
  readonly serverName?: string | undefined;
}

/** The rule of the option `tls`. */
export const CLIENT_TLS_RULE: OptionRule<ClientTlsOptions> = optionGroup(
  'certFile and keyFile together, or neither',
  {
    caFile: pathText('the path of a file'),
    certFile: pathText('the path of a file'),
    keyFile: pathText('the path of a file'),
    passphrase: filledText('a text'),
    serverName: filledText('a name'),
  },
  ({ certFile, keyFile }) => (certFile === undefined) === (keyFile === undefined),
);

/** TLS parameters of a connection. The server must always show a trusted certificate. */
export type ClientTls = Pick<ConnectionOptions, 'ca' | 'cert' | 'key' | 'passphrase' | 'servername'>;

/**
 * Reads the certificates to trust and to show.
 *
 * @throws `MR_STORAGE_…` as the storage does; Error when a file is too large to be one of these.
 */
export async function readClientTls(storage: Storage, tls: ClientTlsOptions): Promise<ClientTls> {
  const { caFile, certFile, keyFile, passphrase, serverName } = tls;
  return {
    ...(caFile === undefined ? {} : { ca: await readSmallFile(storage, caFile) }),
    ...(certFile === undefined ? {} : { cert: await readSmallFile(storage, certFile) }),
    ...(keyFile === undefined ? {} : { key: await readSmallFile(storage, keyFile) }),
    ...(passphrase === undefined ? {} : { passphrase }),
    ...(serverName === undefined ? {} : { servername: serverName }),
  };
}

/** Collaborators of `usableClientTls`. */
export interface ClientTlsDeps {
  /** Reads the files of `tls`. */
  readonly storage: Storage;
  /** Makes the error of the plugin for files that cannot be used; the message has the reason, without the passphrase. */
  readonly unusableTls: (message: string) => Error;
}

/**
 * As `readClientTls`, with an error of the plugin for files that cannot be used.
 *
 * @throws the error of `unusableTls`
 */
export async function usableClientTls(
  tls: ClientTlsOptions,
  { storage, unusableTls }: ClientTlsDeps,
): Promise<ClientTls> {
  try {
    return await readClientTls(storage, tls);
  } catch (cause) {
    throw unusableTls(`expected usable TLS files: ${failureText(cause, [tls.passphrase])}`);
  }
}
