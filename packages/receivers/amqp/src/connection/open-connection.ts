// The opening of a connection, plain or with TLS, within a time and until a signal. Files of TLS are read at every start.
import type { Storage } from '@millrace/core';
import { failureText, readClientTls } from '@millrace/core/engine';
import { type ChannelModel, connect } from 'amqplib';
import { amqpError } from '../amqp-errors.ts';
import { addressOf, type AmqpConnectionOptions } from './connection-options.ts';

/** The engine's ports of a connection. */
export interface AmqpConnectionPorts {
  readonly storage: Storage;
  /** Ends a pending opening. */
  readonly signal: AbortSignal;
}

/**
 * Opens a connection. The connection has a listener for errors.
 *
 * @throws `MR_AMQP_TLS_UNUSABLE`; errors of the client; the reason of the signal when the signal is aborted.
 */
export async function openConnection(
  options: AmqpConnectionOptions,
  { storage, signal }: AmqpConnectionPorts,
): Promise<ChannelModel> {
  const { host, port, vhost, username, password, tls } = addressOf(options);
  const files = tls === undefined ? {} : await tlsFiles(storage, tls);
  signal.throwIfAborted();
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
  const abort = (): void => aborted.reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  try {
    const connection = await Promise.race([opening, aborted.promise]);
    connection.on('error', () => undefined);
    return connection;
  } catch (error) {
    opening.then(closeLate, () => undefined);
    throw error;
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

/** A connection that comes after its time is closed. */
async function closeLate(connection: ChannelModel): Promise<void> {
  connection.on('error', () => undefined);
  await connection.close().catch(() => undefined);
}

async function tlsFiles(storage: Storage, tls: NonNullable<AmqpConnectionOptions['tls']>): Promise<object> {
  try {
    return await readClientTls(storage, tls);
  } catch (cause) {
    const reason = failureText(cause, [tls.passphrase]);
    throw amqpError('MR_AMQP_TLS_UNUSABLE', `expected usable TLS files: ${reason}`);
  }
}
