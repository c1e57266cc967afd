// Tests that need a broker of RabbitMQ: one broker for each file.
import { type ItWithServer, withServers } from '../../../../tools/servers/with-servers.ts';
import { Broker } from './broker.ts';

/** Starts a broker before the tests of a file, and gives an `it` for these tests. */
export function withRabbit(): {
  readonly itWithRabbit: ItWithServer<Broker>;
  readonly broker: () => Broker;
} {
  const start = (): Promise<Broker | undefined> => Broker.start();
  const stop = (broker: Broker): Promise<void> => broker.stop();
  const { it, server } = withServers({ name: 'rabbitmq', start, stop, startMs: 180_000 });
  return { itWithRabbit: it, broker: server };
}
