// Tests that need a real server: servers for each file, and skipped tests with the reason where the server is not installed.
import { afterAll, beforeAll, it as test, type TestContext } from 'vitest';
import { Pool } from './pool.ts';
import { notInstalled, type ServerName } from './real-server.ts';

/** Far beyond the length of every test: a busy machine is slow. */
const TIMEOUT_MS = 120_000;

/** The `it` of vitest, for tests that get a server of their file. */
export type ItWithServer<Server> = (
  title: string,
  test: (server: Server, context: TestContext) => unknown,
  timeoutMs?: number,
) => void;

/** The servers of a file. */
export interface WithServersOptions<Server> {
  /** For the reason of a skipped test. */
  readonly name: ServerName;
  /** Starts a server; undefined when the server is not installed. */
  readonly start: () => Promise<Server | undefined>;
  readonly stop: (server: Server) => Promise<void>;
  /** The number of servers for concurrent tests, each of which has one for itself. Default: one that all tests share. */
  readonly sideBySide?: number;
  /** The limit of the start and of the end. Default 120 s. */
  readonly startMs?: number;
  /** The limit of a test without a limit of its own. Default 120 s. */
  readonly timeoutMs?: number;
}

/** The `it` of a file, and its first server. */
export interface WithServers<Server> {
  readonly it: ItWithServer<Server>;
  /** @throws Error without the server, with the reason. */
  readonly server: () => Server;
}

/** Starts servers before the tests of a file, and gives an `it` for these tests. */
export function withServers<Server>({
  name,
  start,
  stop,
  sideBySide,
  startMs = TIMEOUT_MS,
  timeoutMs = TIMEOUT_MS,
}: WithServersOptions<Server>): WithServers<Server> {
  const started: Server[] = [];
  let pool = new Pool<Server>([]);
  const server = (): Server => {
    const [first] = started;
    if (first === undefined) throw new Error(notInstalled(name));
    return first;
  };
  beforeAll(async () => {
    for (let count = 0; count < (sideBySide ?? 1); count += 1) {
      const one = await start();
      if (one !== undefined) started.push(one);
    }
    pool = new Pool(started);
  }, startMs);
  afterAll(async () => {
    for (const one of started) await stop(one);
  }, startMs);
  return {
    it: (title, run, limitMs = timeoutMs) => {
      // oxlint-disable-next-line vitest/valid-title, vitest/expect-expect -- both are those of the caller.
      test(title, { timeout: limitMs }, async (context) => {
        if (started.length === 0) return context.skip(notInstalled(name));
        if (sideBySide === undefined) await run(server(), context);
        else await pool.lend(async (lent) => void (await run(lent, context)));
      });
    },
    server,
  };
}
