// Tests that need a broker: one broker for each file, and a skipped test with the reason where RabbitMQ is not installed.
import { afterAll, beforeAll, it as test, type TestContext } from 'vitest';
import { notInstalled } from '../../../../tools/servers/real-server.ts';
import { Broker } from './broker.ts';

const START_MS = 180_000;

/** The `it` of vitest, for tests that get the broker of their file. */
export type ItWithRabbit = (
  title: string,
  test: (broker: Broker, context: TestContext) => unknown,
  timeoutMs?: number,
) => void;

/** Starts a broker before the tests of a file, and gives an `it` for these tests. */
export function withRabbit(proxyCount = 1): {
  readonly itWithRabbit: ItWithRabbit;
  readonly broker: () => Broker;
} {
  let broker: Broker | undefined;
  beforeAll(async () => {
    broker = await Broker.start(proxyCount);
  }, START_MS);
  afterAll(() => broker?.stop(), START_MS);
  return {
    itWithRabbit: (title, run, timeoutMs = 60_000) => {
      // oxlint-disable-next-line vitest/valid-title, vitest/expect-expect -- both are those of the caller.
      test(title, { timeout: timeoutMs }, (context) =>
        broker === undefined ? context.skip(notInstalled('rabbitmq')) : run(broker, context),
      );
    },
    broker: () => {
      if (broker === undefined) throw new Error(notInstalled('rabbitmq'));
      return broker;
    },
  };
}
