// Tests that need a server of NATS: one server for each file.
import { type ItWithServer, withServers } from '../../../../tools/servers/with-servers.ts';
import { TargetServer } from './target-server.ts';

/** Starts a server before the tests of a file, and gives an `it` for these tests. */
export function withTarget(): {
  readonly itWithNats: ItWithServer<TargetServer>;
  readonly target: () => TargetServer;
} {
  const start = (): Promise<TargetServer | undefined> => TargetServer.start();
  const stop = (server: TargetServer): Promise<void> => server.stop();
  const { it, server } = withServers({ name: 'nats', start, stop });
  return { itWithNats: it, target: server };
}
