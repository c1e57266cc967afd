// Engines that are wrong in one place each are found out, and by what they break. Each runs in processes of its own,
// whose sources are changed while they are loaded.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { MUTANTS, type Mutant } from '../src/mutants.ts';

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));

/** Runs the command; its exit code and what it wrote. */
function simulate(args: readonly string[]): Promise<{ readonly code: number | null; readonly text: string }> {
  const child = spawn(process.execPath, ['--conditions=millrace:source', main, ...args]);
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (text += chunk.toString()));
  return new Promise((resolve) => child.on('exit', (code) => resolve({ code, text })));
}

function searchFor({
  name,
  faults,
}: Mutant): Promise<{ readonly code: number | null; readonly text: string }> {
  const faultOptions = faults.flatMap((kind) => ['--fault', kind]);
  return simulate(['--seeds', '500', '--failures', '1', '--jobs', '2', '--mutant', name, ...faultOptions]);
}

describe('the simulation', () => {
  it.each(MUTANTS)(
    'finds an engine in which $wrong',
    async (mutant) => {
      const { code, text } = await searchFor(mutant);
      expect(text).toMatch(/BROKEN (BAT|BLK|REC|STA|WAL|finishes)/);
      expect(code).toBe(1);
    },
    180_000,
  );

  it('sounds its alarm for a program that is wrong on purpose', async () => {
    const { code, text } = await simulate(['--broken', '--seeds', '5']);
    expect([code, text]).toEqual([1, expect.stringContaining('again: npx millrace-sim --seed')]);
  }, 60_000);

  it('reaches every fault and every state', async () => {
    const { code, text } = await simulate(['--seeds', '300', '--jobs', '2', '--coverage']);
    expect(text).toContain('every promise held');
    expect(code).toBe(0);
  }, 180_000);

  it('says what it can do', async () => {
    const { code, text } = await simulate(['--help']);
    expect([code, text]).toEqual([0, expect.stringContaining('Exit codes')]);
  });
});
