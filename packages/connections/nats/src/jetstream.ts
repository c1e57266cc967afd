// JetStream over one connection.
import { type JetStreamManager, jetstreamManager } from '@nats-io/jetstream';
import type { NatsServerLink } from './nats-server-link.ts';

/** The options of JetStream. */
export interface JetStreamDomain {
  /** The domain of JetStream; undefined: the one of the server. */
  readonly domain?: string | undefined;
  /** The longest time without an answer of the server, in milliseconds. */
  readonly requestTimeoutMs: number;
}

/** The requests about streams and consumers, without a look at the account, for which a user may lack the permission. */
export async function jetStreamOf(
  { connection }: NatsServerLink,
  { domain, requestTimeoutMs }: JetStreamDomain,
): Promise<JetStreamManager> {
  return await jetstreamManager(connection, {
    checkAPI: false,
    timeout: requestTimeoutMs,
    ...(domain === undefined ? {} : { domain }),
  });
}
