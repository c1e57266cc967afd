// Tests that need a server of Redis: one server for each file.
import { type ItWithServer, withServers } from '../../../../tools/servers/with-servers.ts';
import { RedisDatabase } from './redis-database.ts';

/** Starts a server before the tests of a file, and gives an `it` for these tests. */
export function withDatabase(): {
  readonly itWithDatabase: ItWithServer<RedisDatabase>;
  readonly database: () => RedisDatabase;
} {
  const start = (): Promise<RedisDatabase | undefined> => RedisDatabase.start();
  const stop = (server: RedisDatabase): Promise<void> => server.stop();
  const { it, server } = withServers({ name: 'redis', start, stop });
  return { itWithDatabase: it, database: server };
}
