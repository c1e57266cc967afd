import { describe, expect, it } from 'vitest';
import { runCommand } from './command-line.ts';
import { SUITES } from './suites.ts';

async function run(...args: string[]) {
  const lines: string[] = [];
  const exitCode = await runCommand(args, { suites: SUITES, write: (line) => lines.push(line) });
  return { exitCode, text: lines.join('\n') };
}

describe('the bench command', () => {
  it('names its suites', async () => {
    const { exitCode, text } = await run('--list');
    expect(exitCode).toBe(0);
    for (const suite of SUITES) expect(text).toContain(`${suite.name.padEnd(12)} ${suite.purpose}`);
    expect(text).toContain('store');
  });

  it('explains itself', async () => {
    const { exitCode, text } = await run('--help');
    expect(exitCode).toBe(0);
    for (const option of ['--suite', '--quick', '--list', '--json']) expect(text).toContain(option);
  });

  it('says which suites there are when it does not know one', async () => {
    const { exitCode, text } = await run('--suite', 'stor');
    expect([exitCode, text]).toEqual([1, 'no suite is called stor; there is store, socket']);
  });

  it('refuses options it does not know', async () => {
    const { exitCode, text } = await run('--fast');
    expect(exitCode).toBe(1);
    expect(text).toContain('--fast');
  });
});

describe('the suites', () => {
  it('have budgets that name their own contenders', async () => {
    for (const { workloads, contenders } of SUITES) {
      for (const { makeCases, budgets } of workloads) {
        const cases = makeCases();
        const names = cases.map(({ name }) => name);
        expect(names.length).toBe(contenders);
        for (const { contender, against } of budgets)
          expect(names).toEqual(expect.arrayContaining([contender, against]));
        for (const one of cases) await one.run();
        for (const one of cases) await one.close();
      }
    }
  });
});
