// TLS of connections to several servers.
import { isIP } from 'node:net';
import type { Storage } from '@millrace/core';
import { type ClientTlsOptions, hostOfServer, readClientTls } from '@millrace/core/engine';
import type { TlsOptions } from '@nats-io/transport-node';

/** The servers that are named by addresses, without ports and brackets. */
export function addressesIn(servers: readonly string[]): readonly string[] {
  return servers.map(hostOfServer).filter((host) => isIP(host) !== 0);
}

/** For messages about servers whose certificates cannot be compared; see `isTlsAmbiguous`. */
export const TLS_NAME_EXPECTED = 'serverName for several servers that are named by addresses';

/** True when several servers are named by addresses and `serverName` does not say what their certificates must contain. */
export function isTlsAmbiguous(tls: ClientTlsOptions | undefined, servers: readonly string[]): boolean {
  return tls !== undefined && tls.serverName === undefined && addressesIn(servers).length > 1;
}

/**
 * The settings of TLS for the client library; null: no TLS, also if a server offers it, because nobody would check its name. The
 * library compares the certificate of a server that is named by its address with `localhost`, unless the address is given here, too.
 *
 * @param servers Each as `host:port`, not ambiguous.
 * @throws for a file that cannot be read.
 */
export async function tlsSettings(
  options: ClientTlsOptions | undefined,
  servers: readonly string[],
  storage: Storage,
): Promise<TlsOptions | null> {
  if (options === undefined) return null;
  const tls = await readClientTls(storage, options);
  const host = tls.servername === undefined ? addressesIn(servers)[0] : undefined;
  return { ...tls, ...(host === undefined ? {} : { host }) } as TlsOptions;
}
