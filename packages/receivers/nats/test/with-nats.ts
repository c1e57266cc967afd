// Tests that need a server: one server for each file, and a skipped test with the reason where NATS is not installed.
import { afterAll, beforeAll, it as test, type TestContext } from 'vitest';
import { Pool } from '../../../../tools/servers/pool.ts';
import { notInstalled } from '../../../../tools/servers/real-server.ts';
import { NatsServer } from './nats-server.ts';

const START_MS = 60_000;

/** The `it` of vitest, for tests that get the server of their file. */
export type ItWithNats = (
  title: string,
  test: (server: NatsServer, context: TestContext) => unknown,
  timeoutMs?: number,
) => void;

/**
 * Starts a server before the tests of a file, and gives an `it` for these tests.
 *
 * @param sideBySide Servers, for concurrent tests: each test has one for itself.
 */
export function withNats(sideBySide = 1): {
  readonly itWithNats: ItWithNats;
  readonly server: () => NatsServer;
} {
  const started: NatsServer[] = [];
  let pool = new Pool<NatsServer>([]);
  beforeAll(async () => {
    for (let count = 0; count < sideBySide; count += 1) {
      const server = await NatsServer.start();
      if (server !== undefined) started.push(server);
    }
    pool = new Pool(started);
  }, START_MS);
  afterAll(async () => {
    for (const server of started) await server.stop();
  }, START_MS);
  return {
    itWithNats: (title, run, timeoutMs = 60_000) => {
      // oxlint-disable-next-line vitest/valid-title, vitest/expect-expect -- both are those of the caller.
      test(title, { timeout: timeoutMs }, async (context) => {
        if (started.length === 0) return context.skip(notInstalled('nats'));
        await pool.lend(async (server) => void (await run(server, context)));
      });
    },
    server: () => {
      const [server] = started;
      if (server === undefined) throw new Error(notInstalled('nats'));
      return server;
    },
  };
}
