// Tests that need a server: one server for each file, and a skipped test with the reason where Redis is not installed.
import { afterAll, beforeAll, it as test, type TestContext } from 'vitest';
import { notInstalled } from '../../../../tools/servers/real-server.ts';
import { RedisDatabase } from './redis-database.ts';

const START_MS = 60_000;

/** The `it` of vitest, for tests that get the server of their file. */
export type ItWithDatabase = (
  title: string,
  test: (database: RedisDatabase, context: TestContext) => unknown,
  timeoutMs?: number,
) => void;

/** Starts a server before the tests of a file, and gives an `it` for these tests. */
export function withDatabase(): {
  readonly itWithDatabase: ItWithDatabase;
  readonly database: () => RedisDatabase;
} {
  let database: RedisDatabase | undefined;
  beforeAll(async () => {
    database = await RedisDatabase.start();
  }, START_MS);
  afterAll(() => database?.stop(), START_MS);
  return {
    itWithDatabase: (title, run, timeoutMs = 60_000) => {
      // oxlint-disable-next-line vitest/valid-title, vitest/expect-expect -- both are those of the caller.
      test(title, { timeout: timeoutMs }, (context) =>
        database === undefined ? context.skip(notInstalled('redis')) : run(database, context),
      );
    },
    database: () => {
      if (database === undefined) throw new Error(notInstalled('redis'));
      return database;
    },
  };
}
