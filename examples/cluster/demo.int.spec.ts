// The command `npm run cluster-demo`, as a person runs it: one fault, Ctrl-C, and machines where it is not possible. Nothing here
// depends on how long a fault is felt.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, expect, it, type TestContext } from 'vitest';
import { whyNoCluster } from '../test/why-no-cluster.ts';
import { whyNot } from './network.ts';

const MAIN = join(import.meta.dirname, 'main.ts');
const DEMO = [process.execPath, '--conditions=millrace:source', MAIN];
const LIMIT_MS = 300_000;
/** Runs a command as root, without the right to make namespaces. */
const WITHOUT_RIGHTS = ['setpriv', '--bounding-set=-sys_admin', '--inh-caps=-all'];

/** A started demo; `onText` gets everything that was written so far. */
async function run(
  command: readonly string[],
  onText: (text: string, interrupt: () => void) => void = () => undefined,
) {
  const [file = '', ...args] = command;
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  for (const output of [child.stdout, child.stderr])
    output.setEncoding('utf8').on('data', (some: string) => {
      text += some;
      onText(text, () => child.kill('SIGINT'));
    });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, text, pid: child.pid };
}

function namespacesOf(pid: number | undefined): readonly string[] {
  const names = execFileSync('ip', ['netns', 'list'], { encoding: 'utf8' }).split('\n');
  return names.filter((name) => name.startsWith(`millrace-cluster-${pid}-`));
}

async function skipWithoutCluster({ skip }: TestContext): Promise<void> {
  const reason = await whyNoCluster();
  if (reason !== undefined) skip(reason);
}

describe('npm run cluster-demo', { timeout: LIMIT_MS }, () => {
  it('finds every flight once after a fault, and removes everything', async (context) => {
    await skipWithoutCluster(context);
    const { code, text, pid } = await run([...DEMO, '--seconds', '1']);
    expect(text).toContain('every flight is in the results once, and all sums equal those of the file');
    expect(text.match(/longest time without results/g)).toHaveLength(1);
    expect([code, namespacesOf(pid)]).toEqual([0, []]);
  });

  it('removes everything after Ctrl-C', async (context) => {
    await skipWithoutCluster(context);
    const { code, text, pid } = await run([...DEMO, '--seconds', '1'], (some, interrupt) => {
      if (some.includes('the streams are made')) interrupt();
    });
    expect(text).toContain('ends and removes everything');
    expect([code, namespacesOf(pid)]).toEqual([0, []]);
  });

  it('ends with 2, in words, where the kernel makes no namespaces', async ({ skip }) => {
    const reason = whyNot();
    if (reason !== undefined) skip(reason);
    const { code, text, pid } = await run([...WITHOUT_RIGHTS, ...DEMO]).catch(() =>
      skip('setpriv is missing'),
    );
    expect(text).toContain('ip netns add');
    expect([code, namespacesOf(pid)]).toEqual([2, []]);
  });

  it('ends with 2 after wrong usage, and tells the exit codes', async () => {
    expect((await run([...DEMO, '--seed', 'one'])).code).toBe(2);
    const { code, text } = await run([...DEMO, '--help']);
    expect(code).toBe(0);
    expect(text).toContain('2 wrong usage, or not possible here');
  });
});
