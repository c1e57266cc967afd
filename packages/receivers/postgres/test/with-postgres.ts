// Tests that need a server of PostgreSQL: one server for each file.
import { type ItWithServer, withServers } from '../../../../tools/servers/with-servers.ts';
import { Server } from './database.ts';

/** Starts a server before the tests of a file, and gives an `it` for these tests. */
export function withPostgres(env: Readonly<Record<string, string>> = {}): {
  readonly itWithPostgres: ItWithServer<Server>;
  readonly server: () => Server;
} {
  const start = (): Promise<Server | undefined> => Server.start(env);
  const stop = (server: Server): Promise<void> => server.stop();
  const { it, server } = withServers({ name: 'postgres', start, stop });
  return { itWithPostgres: it, server };
}
