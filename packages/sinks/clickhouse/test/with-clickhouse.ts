// Tests that need a server: one server for each file, and a skipped test with the reason where ClickHouse is not installed.
import { afterAll, beforeAll, it as test, type TestContext } from 'vitest';
import { notInstalled } from '../../../../tools/servers/real-server.ts';
import { Server } from './server.ts';

const START_MS = 60_000;

/** The `it` of vitest, for tests that get the server of their file. */
export type ItWithClickhouse = (
  title: string,
  test: (server: Server, context: TestContext) => unknown,
  timeoutMs?: number,
) => void;

/** Starts a server before the tests of a file, and gives an `it` for these tests. */
export function withClickhouse(): {
  readonly itWithClickhouse: ItWithClickhouse;
  readonly server: () => Server;
} {
  let server: Server | undefined;
  beforeAll(async () => {
    server = await Server.start();
  }, START_MS);
  afterAll(() => server?.server.stop(), START_MS);
  return {
    itWithClickhouse: (title, run, timeoutMs = 60_000) => {
      // oxlint-disable-next-line vitest/valid-title, vitest/expect-expect -- both are those of the caller.
      test(title, { timeout: timeoutMs }, (context) =>
        server === undefined ? context.skip(notInstalled('clickhouse')) : run(server, context),
      );
    },
    server: () => {
      if (server === undefined) throw new Error(notInstalled('clickhouse'));
      return server;
    },
  };
}
