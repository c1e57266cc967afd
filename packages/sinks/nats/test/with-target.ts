// Tests that need a server: one server for each file, and a skipped test with the reason where NATS is not installed.
import { afterAll, beforeAll, it as test, type TestContext } from 'vitest';
import { notInstalled } from '../../../../tools/servers/real-server.ts';
import { TargetServer } from './target-server.ts';

const START_MS = 60_000;

/** The `it` of vitest, for tests that get the server of their file. */
export type ItWithTarget = (
  title: string,
  test: (target: TargetServer, context: TestContext) => unknown,
  timeoutMs?: number,
) => void;

/** Starts a server before the tests of a file, and gives an `it` for these tests. */
export function withTarget(): { readonly itWithNats: ItWithTarget; readonly target: () => TargetServer } {
  let target: TargetServer | undefined;
  beforeAll(async () => {
    target = await TargetServer.start();
  }, START_MS);
  afterAll(() => target?.stop(), START_MS);
  return {
    itWithNats: (title, run, timeoutMs = 60_000) => {
      // oxlint-disable-next-line vitest/valid-title, vitest/expect-expect -- both are those of the caller.
      test(title, { timeout: timeoutMs }, (context) =>
        target === undefined ? context.skip(notInstalled('nats')) : run(target, context),
      );
    },
    target: () => {
      if (target === undefined) throw new Error(notInstalled('nats'));
      return target;
    },
  };
}
