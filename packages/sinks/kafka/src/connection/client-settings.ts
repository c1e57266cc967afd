// The settings of the client library. The client tries nothing again: a failure goes to the engine, which repeats the write with
// growing delays. A producer alone tries again, see `writing/sink-producer.ts`.
import { isIP } from 'node:net';
import { NodeStorage } from '@millrace/core';
import { failureText, readClientTls } from '@millrace/core/engine';
import type { BaseOptions } from '@platformatic/kafka';
import { kafkaSinkError } from '../kafka-sink-errors.ts';
import { bootstrapBrokers, type KafkaSinkConnectionOptions } from './connection-options.ts';

/**
 * The settings for one client. Reads the files of `tls`.
 *
 * @throws `MR_SINK_KAFKA_TLS_UNUSABLE`
 */
export async function clientSettings(options: KafkaSinkConnectionOptions): Promise<BaseOptions> {
  const { username, password, mechanism, clientId, connectTimeoutMs, requestTimeoutMs } = options;
  const bootstrap = [...bootstrapBrokers(options)];
  return {
    clientId,
    bootstrapBrokers: bootstrap,
    connectTimeout: connectTimeoutMs,
    requestTimeout: requestTimeoutMs,
    timeout: requestTimeoutMs,
    retries: 0,
    ...(await tlsSettings(options, bootstrap)),
    ...(username === undefined || password === undefined ? {} : { sasl: { mechanism, username, password } }),
  };
}

async function tlsSettings(
  { tls }: KafkaSinkConnectionOptions,
  bootstrap: readonly string[],
): Promise<Pick<BaseOptions, 'tls' | 'tlsServerName'>> {
  if (tls === undefined) return {};
  try {
    const { servername, ...parameters } = await readClientTls(new NodeStorage(), tls);
    // Without a name of its own each connection names its host to the broker; an address cannot be named.
    const hasNames = bootstrap.every((broker) => isIP(hostOf(broker)) === 0);
    return { tls: parameters, tlsServerName: servername ?? hasNames };
  } catch (cause) {
    const reason = failureText(cause, [tls.passphrase]);
    throw kafkaSinkError('MR_SINK_KAFKA_TLS_UNUSABLE', `expected usable TLS files: ${reason}`);
  }
}

function hostOf(broker: string): string {
  return broker.slice(0, broker.lastIndexOf(':')).replace(/^\[|\]$/g, '');
}
