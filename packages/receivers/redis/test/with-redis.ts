// Tests that need a server: one server for each file, and a skipped test with the reason where Redis is not installed.
import { afterAll, beforeAll, it as test, type TestContext } from 'vitest';
import { notInstalled } from '../../../../tools/servers/real-server.ts';
import { RedisServer } from './redis-server.ts';

const START_MS = 60_000;

/** The `it` of vitest, for tests that get the server of their file. */
export type ItWithRedis = (
  title: string,
  test: (redis: RedisServer, context: TestContext) => unknown,
  timeoutMs?: number,
) => void;

/** Starts a server before the tests of a file, and gives an `it` for these tests. */
export function withRedis(): { readonly itWithRedis: ItWithRedis; readonly redis: () => RedisServer } {
  let redis: RedisServer | undefined;
  beforeAll(async () => {
    redis = await RedisServer.start();
  }, START_MS);
  afterAll(() => redis?.stop(), START_MS);
  return {
    itWithRedis: (title, run, timeoutMs = 60_000) => {
      // oxlint-disable-next-line vitest/valid-title, vitest/expect-expect -- both are those of the caller.
      test(title, { timeout: timeoutMs }, (context) =>
        redis === undefined ? context.skip(notInstalled('redis')) : run(redis, context),
      );
    },
    redis: () => {
      if (redis === undefined) throw new Error(notInstalled('redis'));
      return redis;
    },
  };
}
