// Tests that need a server: one server for each file, and a skipped test with the reason where the store is not installed.
import { afterAll, beforeAll, it as test, type TestContext } from 'vitest';
import { notInstalled } from '../../../../tools/servers/real-server.ts';
import { Server } from './server.ts';

const START_MS = 60_000;

/** The `it` of vitest, for tests that get the server of their file. */
export type ItWithS3 = (
  title: string,
  test: (server: Server, context: TestContext) => unknown,
  timeoutMs?: number,
) => void;

/** Starts a server before the tests of a file, and gives an `it` for these tests. */
export function withS3(): {
  readonly itWithS3: ItWithS3;
  readonly server: () => Server;
} {
  let server: Server | undefined;
  beforeAll(async () => {
    server = await Server.start();
  }, START_MS);
  afterAll(() => server?.server.stop(), START_MS);
  return {
    itWithS3: (title, run, timeoutMs = 60_000) => {
      // oxlint-disable-next-line vitest/valid-title, vitest/expect-expect -- both are those of the caller.
      test(title, { timeout: timeoutMs }, (context) =>
        server === undefined ? context.skip(notInstalled('s3')) : run(server, context),
      );
    },
    server: () => {
      if (server === undefined) throw new Error(notInstalled('s3'));
      return server;
    },
  };
}
