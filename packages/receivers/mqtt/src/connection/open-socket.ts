// The socket of a connection, plain or with TLS. Files of TLS are read at every start.
import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { Storage } from '@millrace/core';
import { failureText, usableClientTls } from '@millrace/core/engine';
import { mqttError } from '../mqtt-errors.ts';
import { addressOf, type MqttConnectionOptions } from './connection-options.ts';

/**
 * Reads the files of `tls`, and returns the function that opens a socket.
 *
 * @throws `MR_MQTT_TLS_UNUSABLE`
 */
export async function socketOpener(options: MqttConnectionOptions, storage: Storage): Promise<() => Socket> {
  const { host, port, tls } = addressOf(options);
  if (tls === undefined) return () => connect({ host, port, noDelay: true });
  // An address cannot be named to the broker.
  const name = isIP(host) === 0 ? { servername: host } : {};
  const unusableTls = (message: string): Error => mqttError('MR_MQTT_TLS_UNUSABLE', message);
  const files = await usableClientTls(tls, { storage, unusableTls });
  return () => {
    try {
      return connectTls({ host, port, ...name, ...files });
    } catch (cause) {
      throw unusableTls(`expected usable TLS files: ${failureText(cause, [tls.passphrase])}`);
    }
  };
}
