// Detects engines with one defect each. Each search runs in separate processes whose sources are changed at load time.
// `npm run mutants` searches for all mutants; these tests cover one mutant for each kind of finder, and the result of
// an unsuccessful search.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { findMutant } from '../src/mutants/find-mutant.ts';
import { MUTANTS, type Mutant } from '../src/mutants/index.ts';

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));

/** Runs the command; returns the exit code and the output. */
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
  it('finds a defective engine by its seeds', async () => {
    const search = await findMutant(mutantOf('skip-failed-push'), { jobs: 2 });
    expect(search).toEqual({ isFound: true, by: expect.stringMatching(/^seed \d+ BROKEN /) });
  }, 180_000);

  it('finds a defective engine by a test', async () => {
    const mutant = MUTANTS.find(({ finder }) => finder.kind === 'test') as Mutant;
    expect(await findMutant(mutant, { jobs: 1 })).toMatchObject({ isFound: true });
  }, 180_000);

  it('reports a surviving mutant', async () => {
    const { patches } = mutantOf('skip-failed-push');
    const finder = { kind: 'test', file: 'packages/core/src/random/seeded-random.spec.ts' } as const;
    const search = await findMutant({ name: 'skip-failed-push', wrong: '', patches, finder }, { jobs: 1 });
    expect(search).toEqual({ isFound: false, by: `no test of ${finder.file}` });
  }, 180_000);

  it('refuses a mutant whose place is missing', async () => {
    const patches = [{ file: 'sim/src/main.ts', find: 'nowhere to be found', replace: '' }];
    const gone = { ...mutantOf('skip-failed-push'), patches };
    await expect(findMutant(gone, { jobs: 1 })).rejects.toThrow('0 times instead of once');
  });
});

describe('the simulation', () => {
  it('fails for a deliberately broken program', async () => {
    const { code, text } = await simulate(['--broken', '--seeds', '5']);
    expect([code, text]).toEqual([1, expect.stringContaining('again: npx millrace-sim --seed')]);
  }, 180_000);

  it('reports missing faults and states', async () => {
    const { code, text } = await simulate(['--seeds', '2', '--fault', 'driver-death', '--coverage']);
    expect([code, text]).toEqual([3, expect.stringContaining('fault power-loss: NEVER')]);
  }, 180_000);

  it('prints its help', async () => {
    const { code, text } = await simulate(['--help']);
    expect([code, text]).toEqual([0, expect.stringContaining('Exit codes')]);
  });
});
