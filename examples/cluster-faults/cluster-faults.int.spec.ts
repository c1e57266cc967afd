// Five seeded runs of a cluster under faults: every record is in the results, and work goes on after each fault. How long a fault is
// felt is a figure of `npm run cluster-faults`, and nothing here.
import { SystemClock } from '@millrace/core';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { whyNot } from '../cluster/network.ts';
import { runCommand, WITHOUT_RIGHTS } from '../test/cluster-command.ts';
import { whyNoCluster } from '../test/why-no-cluster.ts';
import { runSeed } from './seeded-run.ts';

const SEEDS = [1, 2, 3, 4, 5];
const FAULTS = 2;
/** Far above the minute of a run: a bound for a run that stands still. */
const LIMIT_MS = 600_000;

describe('a cluster under seeded faults', () => {
  let reason: string | undefined;
  beforeAll(async () => {
    reason = await whyNoCluster();
  });

  it.for(SEEDS)(
    'loses nothing and repeats nothing, seed %i',
    { timeout: LIMIT_MS },
    async (seed, { skip }) => {
      if (reason !== undefined) skip(reason);
      const stop = new AbortController();
      onTestFinished(() => stop.abort(new Error('the test has ended')));
      const told: string[] = [];
      const result = await runSeed({
        seed,
        faults: FAULTS,
        clock: new SystemClock(),
        signal: stop.signal,
        tell: (line) => told.push(line),
      });
      // The faults, for the words of a failure.
      expect([...told, ...result.problems]).toEqual(told);
      expect(result.faults).toHaveLength(FAULTS);
      expect(result.summary.numbers).toBeGreaterThan(0);
      expect(result.summary.messages).toBeGreaterThan(0);
    },
  );
});

describe('npm run cluster-faults', { timeout: LIMIT_MS }, () => {
  it('removes everything after Ctrl-C, and ends with 130', async ({ skip }) => {
    const reason = await whyNoCluster();
    if (reason !== undefined) skip(reason);
    const { code, text, namespaces } = await runCommand('cluster-faults', [], {
      interruptAt: 'seed 1, load',
    });
    expect(text).toContain('ends and removes everything');
    expect([code, namespaces]).toEqual([130, []]);
  });

  it('ends with 2 where the kernel makes no namespaces, and after wrong usage', async ({ skip }) => {
    expect((await runCommand('cluster-faults', ['--seeds', '0'])).code).toBe(2);
    expect((await runCommand('cluster-faults', ['--help'])).text).toContain('130 Ctrl-C');
    const reason = whyNot();
    if (reason !== undefined) skip(reason);
    const { code, namespaces } = await runCommand('cluster-faults', [], { under: WITHOUT_RIGHTS }).catch(() =>
      skip('the command setpriv of util-linux is missing'),
    );
    expect([code, namespaces]).toEqual([2, []]);
  });
});
