// Tests that need a server of PostgreSQL: one server for each file.
import { type ItWithServer, withServers } from '../../../../tools/servers/with-servers.ts';
import { Server } from './database.ts';

/** Starts a server before the tests of a file, and gives an `it` for these tests. */
export function withPostgres(): {
  readonly itWithPostgres: ItWithServer<Server>;
  readonly server: () => Server;
} {
  const start = (): Promise<Server | undefined> => Server.start();
  const stop = (server: Server): Promise<void> => server.server.stop();
  const { it, server } = withServers({ name: 'postgres', start, stop });
  return { itWithPostgres: it, server };
}
