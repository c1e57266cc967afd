// Tests that need a server: one server for each file, and a skipped test with the reason where Redis is not installed.
import { afterAll, beforeAll, it as test, type TestContext } from 'vitest';
import { Pool } from '../../../../tools/servers/pool.ts';
import { notInstalled } from '../../../../tools/servers/real-server.ts';
import { RedisServer } from './redis-server.ts';

const START_MS = 60_000;

/** The `it` of vitest, for tests that get the server of their file. */
export type ItWithRedis = (
  title: string,
  test: (redis: RedisServer, context: TestContext) => unknown,
  timeoutMs?: number,
) => void;

/**
 * Starts a server before the tests of a file, and gives an `it` for these tests.
 *
 * @param sideBySide Servers, for concurrent tests: each test has one for itself.
 */
export function withRedis(sideBySide = 1): {
  readonly itWithRedis: ItWithRedis;
  readonly redis: () => RedisServer;
} {
  const started: RedisServer[] = [];
  let pool = new Pool<RedisServer>([]);
  beforeAll(async () => {
    for (let count = 0; count < sideBySide; count += 1) {
      const redis = await RedisServer.start();
      if (redis !== undefined) started.push(redis);
    }
    pool = new Pool(started);
  }, START_MS);
  afterAll(async () => {
    for (const redis of started) await redis.stop();
  }, START_MS);
  return {
    itWithRedis: (title, run, timeoutMs = 60_000) => {
      // oxlint-disable-next-line vitest/valid-title, vitest/expect-expect -- both are those of the caller.
      test(title, { timeout: timeoutMs }, async (context) => {
        if (started.length === 0) return context.skip(notInstalled('redis'));
        await pool.lend(async (redis) => void (await run(redis, context)));
      });
    },
    redis: () => {
      const [redis] = started;
      if (redis === undefined) throw new Error(notInstalled('redis'));
      return redis;
    },
  };
}
