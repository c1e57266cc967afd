// The opening of a connection, plain or with TLS, within a time and, on request, until a signal. Files of TLS are read at every start.
import { type ClientTlsDeps, usableClientTls } from '@millrace/core/engine';
import { type ChannelModel, connect } from 'amqplib';
import { addressOf, type AmqpConnectionOptions } from './connection-options.ts';

/** Collaborators of a connection. */
export interface AmqpConnectionDeps extends ClientTlsDeps {
  /** Ends a pending opening. */
  readonly signal?: AbortSignal;
}

/**
 * Opens a connection. The connection has a listener for errors.
 *
 * @throws the error of `unusableTls`; errors of the client; the reason of the signal when the signal is aborted.
 */
export async function openConnection(
  options: AmqpConnectionOptions,
  { signal, ...deps }: AmqpConnectionDeps,
): Promise<ChannelModel> {
  const { host, port, vhost, username, password, tls } = addressOf(options);
  const files = tls === undefined ? {} : await usableClientTls(tls, deps);
  signal?.throwIfAborted();
  const opening = connect(
    {
      protocol: tls === undefined ? 'amqp' : 'amqps',
      hostname: host,
      port,
      vhost: encodeURIComponent(vhost),
      username,
      password,
      heartbeat: Math.ceil(options.heartbeatMs / 1_000),
    },
    {
      noDelay: true,
      timeout: options.connectTimeoutMs,
      clientProperties: { connection_name: options.connectionName },
      ...files,
    },
  );
  const aborted = Promise.withResolvers<never>();
  const abort = (): void => aborted.reject(signal?.reason);
  signal?.addEventListener('abort', abort, { once: true });
  try {
    const connection = await Promise.race([opening, aborted.promise]);
    connection.on('error', () => undefined);
    return connection;
  } catch (error) {
    opening.then(closeLate, () => undefined);
    throw error;
  } finally {
    signal?.removeEventListener('abort', abort);
  }
}

/** A connection that comes after its time is closed. */
async function closeLate(connection: ChannelModel): Promise<void> {
  connection.on('error', () => undefined);
  await connection.close().catch(() => undefined);
}
