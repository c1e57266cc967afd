// The command `npm run cluster-demo`, as a person runs it: one fault, Ctrl-C, and machines where it is not possible. Nothing here
// depends on how long a fault is felt.
import { describe, expect, it, type TestContext } from 'vitest';
import { runCommand, WITHOUT_RIGHTS } from '../test/cluster-command.ts';
import { whyNoCluster } from '../test/why-no-cluster.ts';
import { whyNot } from './network.ts';

/** Far above the half minute of a run. */
const LIMIT_MS = 300_000;
const SHORT = ['--seconds', '1'];

async function skipWithoutCluster({ skip }: TestContext): Promise<void> {
  const reason = await whyNoCluster();
  if (reason !== undefined) skip(reason);
}

describe('npm run cluster-demo', { timeout: LIMIT_MS }, () => {
  it('finds every flight once after a fault, and removes everything', async (context) => {
    await skipWithoutCluster(context);
    const { code, text, namespaces } = await runCommand('cluster', SHORT);
    expect(text).toContain('every flight is in the results once, and all sums equal those of the file');
    expect(text.match(/longest time without results/g)).toHaveLength(1);
    expect([code, namespaces]).toEqual([0, []]);
  });

  it('removes everything after Ctrl-C', async (context) => {
    await skipWithoutCluster(context);
    const { code, text, namespaces } = await runCommand('cluster', SHORT, {
      interruptAt: 'the streams are made',
    });
    expect(text).toContain('ends and removes everything');
    expect([code, namespaces]).toEqual([0, []]);
  });

  it('ends with 2, in words, where the kernel makes no namespaces', async ({ skip }) => {
    const reason = whyNot();
    if (reason !== undefined) skip(reason);
    const { code, text, namespaces } = await runCommand('cluster', SHORT, { under: WITHOUT_RIGHTS }).catch(
      () => skip('the command setpriv of util-linux is missing'),
    );
    expect(text).toContain('ip netns add');
    expect([code, namespaces]).toEqual([2, []]);
  });

  it('ends with 2 after wrong usage, and tells the exit codes', async () => {
    expect((await runCommand('cluster', ['--seed', 'one'])).code).toBe(2);
    const { code, text } = await runCommand('cluster', ['--help']);
    expect(code).toBe(0);
    expect(text).toContain('2 wrong usage, or not possible here');
  });
});
