import { describe, expect, it } from 'vitest';
import { runCommand } from './bench-command.ts';
import { SUITES } from '../suites.ts';

async function run(...args: string[]) {
  const lines: string[] = [];
  const exitCode = await runCommand(args, { suites: SUITES, write: (line) => lines.push(line) });
  return { exitCode, text: lines.join('\n') };
}

describe('the bench command', () => {
  it('lists its suites', async () => {
    const { exitCode, text } = await run('--list');
    expect(exitCode).toBe(0);
    for (const suite of SUITES) expect(text).toContain(`${suite.name.padEnd(12)} ${suite.purpose}`);
    expect(text).toContain('store');
  });

  it('prints its help', async () => {
    const { exitCode, text } = await run('--help');
    expect(exitCode).toBe(0);
    for (const option of ['--suite', '--quick', '--peers', '--list', '--json', '--report'])
      expect(text).toContain(option);
  });

  it('lists the suites when a name is unknown', async () => {
    const { exitCode, text } = await run('--suite', 'stor');
    expect(exitCode).toBe(1);
    expect(text).toContain('no suite is called stor; available: store, batching, socket');
  });

  it('refuses unknown options', async () => {
    const { exitCode, text } = await run('--fast');
    expect(exitCode).toBe(1);
    expect(text).toContain('--fast');
  });
});
