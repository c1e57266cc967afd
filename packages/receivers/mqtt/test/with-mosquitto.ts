// Tests that need a broker: one broker for each file, and a skipped test with the reason where mosquitto is not installed.
import { afterAll, beforeAll, it as test, type TestContext } from 'vitest';
import { Pool } from '../../../../tools/servers/pool.ts';
import { notInstalled } from '../../../../tools/servers/real-server.ts';
import { Broker } from './broker.ts';

const START_MS = 60_000;

/** The `it` of vitest, for tests that get the broker of their file. */
export type ItWithMosquitto = (
  title: string,
  test: (broker: Broker, context: TestContext) => unknown,
  timeoutMs?: number,
) => void;

/**
 * Starts a broker before the tests of a file, and gives an `it` for these tests.
 *
 * @param sideBySide Brokers, for concurrent tests: each test has one for itself.
 */
export function withMosquitto(
  env: Readonly<Record<string, string>> = {},
  sideBySide = 1,
): {
  readonly itWithMosquitto: ItWithMosquitto;
  readonly broker: () => Broker;
} {
  const started: Broker[] = [];
  let pool = new Pool<Broker>([]);
  beforeAll(async () => {
    for (let count = 0; count < sideBySide; count += 1) {
      const broker = await Broker.start(env);
      if (broker !== undefined) started.push(broker);
    }
    pool = new Pool(started);
  }, START_MS);
  afterAll(async () => {
    for (const broker of started) await broker.stop();
  }, START_MS);
  return {
    itWithMosquitto: (title, run, timeoutMs = 60_000) => {
      // oxlint-disable-next-line vitest/valid-title, vitest/expect-expect -- both are those of the caller.
      test(title, { timeout: timeoutMs }, async (context) => {
        if (started.length === 0) return context.skip(notInstalled('mosquitto'));
        await pool.lend(async (broker) => void (await run(broker, context)));
      });
    },
    broker: () => {
      const [broker] = started;
      if (broker === undefined) throw new Error(notInstalled('mosquitto'));
      return broker;
    },
  };
}
