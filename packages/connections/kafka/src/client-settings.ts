// The settings of the client library. The client tries nothing again and connects to nothing again: a failure goes to the
// engine, which restarts a receiver and repeats a write with growing delays.
import { isIP } from 'node:net';
import { type ClientTlsDeps, hostOfServer, usableClientTls } from '@millrace/core/engine';
import type { BaseOptions } from '@platformatic/kafka';
import { bootstrapBrokers, type KafkaConnectionOptions } from './connection-options.ts';

/**
 * The settings for one client. Reads the files of `tls`.
 *
 * @throws the error of `unusableTls`
 */
export async function clientSettings(
  options: KafkaConnectionOptions,
  deps: ClientTlsDeps,
): Promise<BaseOptions> {
  const { username, password, mechanism, clientId, connectTimeoutMs, requestTimeoutMs } = options;
  const bootstrap = [...bootstrapBrokers(options)];
  return {
    clientId,
    bootstrapBrokers: bootstrap,
    connectTimeout: connectTimeoutMs,
    requestTimeout: requestTimeoutMs,
    timeout: requestTimeoutMs,
    retries: 0,
    ...(await tlsSettings(options, deps, bootstrap)),
    ...(username === undefined || password === undefined ? {} : { sasl: { mechanism, username, password } }),
  };
}

async function tlsSettings(
  { tls }: KafkaConnectionOptions,
  deps: ClientTlsDeps,
  bootstrap: readonly string[],
): Promise<Pick<BaseOptions, 'tls' | 'tlsServerName'>> {
  if (tls === undefined) return {};
  const { servername, ...parameters } = await usableClientTls(tls, deps);
  // Without a name of its own each connection names its host to the broker; an address cannot be named.
  const hasNames = bootstrap.every((broker) => isIP(hostOfServer(broker)) === 0);
  return { tls: parameters, tlsServerName: servername ?? hasNames };
}
