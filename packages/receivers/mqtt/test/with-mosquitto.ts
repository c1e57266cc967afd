// Tests that need a broker of MQTT: brokers for each file.
import { type ItWithServer, withServers } from '../../../../tools/servers/with-servers.ts';
import { Broker } from './broker.ts';

/**
 * Starts brokers before the tests of a file, and gives an `it` for these tests.
 *
 * @param sideBySide Brokers, for concurrent tests: each test has one for itself.
 */
export function withMosquitto(
  env: Readonly<Record<string, string>> = {},
  sideBySide = 1,
): {
  readonly itWithMosquitto: ItWithServer<Broker>;
  readonly broker: () => Broker;
} {
  const start = (): Promise<Broker | undefined> => Broker.start(env);
  const stop = (broker: Broker): Promise<void> => broker.stop();
  const { it, server } = withServers({ name: 'mosquitto', start, stop, sideBySide });
  return { itWithMosquitto: it, broker: server };
}
