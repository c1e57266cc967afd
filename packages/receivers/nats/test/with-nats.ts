// Tests that need a server of NATS: servers for each file.
import { type ItWithServer, withServers } from '../../../../tools/servers/with-servers.ts';
import { NatsServer } from './nats-server.ts';

/**
 * Starts servers before the tests of a file, and gives an `it` for these tests.
 *
 * @param sideBySide Servers, for concurrent tests: each test has one for itself.
 */
export function withNats(sideBySide = 1): {
  readonly itWithNats: ItWithServer<NatsServer>;
  readonly server: () => NatsServer;
} {
  const start = (): Promise<NatsServer | undefined> => NatsServer.start();
  const stop = (server: NatsServer): Promise<void> => server.stop();
  const { it, server } = withServers({ name: 'nats', start, stop, sideBySide });
  return { itWithNats: it, server };
}
