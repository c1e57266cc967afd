// Tests `problemsThroughKills` with a correct sink and two defective ones.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { problemsThroughKills } from '../src/killed-writer/problems-through-kills.ts';

const PROGRAM = fileURLToPath(new URL('fixtures/line-writer.ts', import.meta.url));

async function problemsWith(bug: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-killed-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, 'lines.txt');
  const problems = await problemsThroughKills({
    command: ['--conditions=millrace:source', PROGRAM, file, bug],
    records: async () => (await readFile(file, 'utf8')).split('\n').slice(0, -1),
    kills: 1,
  });
  return problems.join('\n');
}

describe('problemsThroughKills', () => {
  it('finds no problems in a correct sink', async () => {
    expect(await problemsWith('')).toBe('');
  });

  it('finds records lost while the sink runs and in the end', async () => {
    const problems = await problemsWith('forgets');
    expect(problems).toContain('of a completed batch and missing after kill 1: 1-0-0');
    expect(problems).toContain('\nmissing: 1-0-0');
  });

  it('finds duplicate records', async () => {
    expect(await problemsWith('repeats')).toContain('present more than once: 1-0-0');
  });
});
