// Tests that need a broker of Kafka: one broker for each file.
import { type ItWithServer, withServers } from '../../../../tools/servers/with-servers.ts';
import { Broker } from './broker.ts';

/**
 * Starts a broker before the tests of a file, and gives an `it` for these tests.
 *
 * @param env Environment variables of `kafka.sh`.
 */
export function withKafka(
  proxyCount = 1,
  env: Readonly<Record<string, string>> = {},
): {
  readonly itWithKafka: ItWithServer<Broker>;
  readonly broker: () => Broker;
} {
  const start = (): Promise<Broker | undefined> => Broker.start(proxyCount, env);
  const stop = (broker: Broker): Promise<void> => broker.stop();
  const { it, server } = withServers({ name: 'kafka', start, stop, startMs: 120_000 });
  return { itWithKafka: it, broker: server };
}
