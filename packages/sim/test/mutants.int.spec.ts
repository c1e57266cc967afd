// Engines that are wrong in one place each are found out. Each runs in processes of its own, whose sources are changed
// while they are loaded. All of them are searched for by `npm run mutants`; here are one for each kind of finder, and
// what a finder says that finds nothing.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { findMutant } from '../src/mutants/find-mutant.ts';
import { MUTANTS, type Mutant } from '../src/mutants/index.ts';

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));

/** Runs the command; its exit code and what it wrote. */
function simulate(args: readonly string[]): Promise<{ readonly code: number | null; readonly text: string }> {
  const child = spawn(process.execPath, ['--conditions=millrace:source', main, ...args]);
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (text += chunk.toString()));
  return new Promise((resolve) => child.on('exit', (code) => resolve({ code, text })));
}

function mutantOf(name: string): Mutant {
  const mutant = MUTANTS.find((one) => one.name === name);
  if (mutant === undefined) throw new Error(`there is no mutant ${name}`);
  return mutant;
}

describe('the search for mutants', () => {
  it('finds an engine that is wrong by its seeds', async () => {
    const search = await findMutant(mutantOf('skip-failed-push'), { jobs: 2 });
    expect(search).toEqual({ isFound: true, by: expect.stringMatching(/^seed \d+ BROKEN /) });
  }, 180_000);

  it('finds an engine that is wrong by a test', async () => {
    const mutant = MUTANTS.find(({ finder }) => finder.kind === 'test') as Mutant;
    expect(await findMutant(mutant, { jobs: 1 })).toMatchObject({ isFound: true });
  }, 60_000);

  it('says that a mutant survives', async () => {
    const { patches } = mutantOf('skip-failed-push');
    const finder = { kind: 'test', file: 'packages/core/src/random/seeded-random.spec.ts' } as const;
    const search = await findMutant({ name: 'skip-failed-push', wrong: '', patches, finder }, { jobs: 1 });
    expect(search).toEqual({ isFound: false, by: `no test of ${finder.file}` });
  }, 60_000);

  it('refuses a mutant whose place is gone', async () => {
    const patches = [{ file: 'sim/src/main.ts', find: 'nowhere to be found', replace: '' }];
    const gone = { ...mutantOf('skip-failed-push'), patches };
    await expect(findMutant(gone, { jobs: 1 })).rejects.toThrow('0 times instead of once');
  });
});

describe('the simulation', () => {
  it('sounds its alarm for a program that is wrong on purpose', async () => {
    const { code, text } = await simulate(['--broken', '--seeds', '5']);
    expect([code, text]).toEqual([1, expect.stringContaining('again: npx millrace-sim --seed')]);
  }, 60_000);

  it('says what it has not reached', async () => {
    const { code, text } = await simulate(['--seeds', '2', '--fault', 'driver-death', '--coverage']);
    expect([code, text]).toEqual([3, expect.stringContaining('fault power-loss: NEVER')]);
  }, 60_000);

  it('says what it can do', async () => {
    const { code, text } = await simulate(['--help']);
    expect([code, text]).toEqual([0, expect.stringContaining('Exit codes')]);
  });
});
