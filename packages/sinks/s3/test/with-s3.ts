// Tests that need an object store: one server for each file.
import { type ItWithServer, withServers } from '../../../../tools/servers/with-servers.ts';
import { Server } from './server.ts';

/** Starts a server before the tests of a file, and gives an `it` for these tests. */
export function withS3(): {
  readonly itWithS3: ItWithServer<Server>;
  readonly server: () => Server;
} {
  const start = (): Promise<Server | undefined> => Server.start();
  const stop = (server: Server): Promise<void> => server.server.stop();
  const { it, server } = withServers({ name: 's3', start, stop });
  return { itWithS3: it, server };
}
