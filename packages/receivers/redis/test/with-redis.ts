// Tests that need a server of Redis: servers for each file.
import { type ItWithServer, withServers } from '../../../../tools/servers/with-servers.ts';
import { RedisServer } from './redis-server.ts';

/**
 * Starts servers before the tests of a file, and gives an `it` for these tests.
 *
 * @param sideBySide Servers, for concurrent tests: each test has one for itself.
 */
export function withRedis(sideBySide = 1): {
  readonly itWithRedis: ItWithServer<RedisServer>;
  readonly redis: () => RedisServer;
} {
  const start = (): Promise<RedisServer | undefined> => RedisServer.start();
  const stop = (server: RedisServer): Promise<void> => server.stop();
  const { it, server } = withServers({ name: 'redis', start, stop, sideBySide });
  return { itWithRedis: it, redis: server };
}
