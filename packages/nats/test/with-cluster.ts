// Tests that need real servers: one cluster for each file, and a skipped test with the reason where NATS is not installed.
import { afterAll, beforeAll, it as test, type TestContext } from 'vitest';
import { notInstalled } from '../../../tools/servers/real-server.ts';
import { RealCluster } from './real-cluster.ts';

/** The `it` of vitest, for tests that get the cluster of their file. */
export type ItWithCluster = (
  title: string,
  run: (cluster: RealCluster, context: TestContext) => unknown,
) => void;

const TEST_MS = 180_000;
const PROBE_BYTES = 1_048_576;

/** Starts a cluster of `count` servers before the tests of a file, and gives an `it` for these tests. */
export function withCluster(count: number): {
  readonly it: ItWithCluster;
  readonly cluster: () => RealCluster;
} {
  let started: RealCluster | undefined;
  beforeAll(async () => {
    started = await RealCluster.start(count);
    // A young cluster refuses streams for some seconds.
    await started?.createStream({ max_bytes: PROBE_BYTES });
  });
  afterAll(async () => {
    await started?.stop();
  });
  return {
    it: (title, run) => {
      // oxlint-disable-next-line vitest/valid-title, vitest/expect-expect -- both are those of the caller.
      test(title, { timeout: TEST_MS }, async (context) => {
        if (started === undefined) return context.skip(notInstalled('nats'));
        await run(started, context);
      });
    },
    cluster: () => {
      if (started === undefined) throw new Error(notInstalled('nats'));
      return started;
    },
  };
}
