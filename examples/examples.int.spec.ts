// Runs every example as a user would and compares the output.
import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const here = import.meta.dirname;
const run = promisify(execFile);
const examples = readdirSync(here).filter((name) => existsSync(join(here, name, 'main.ts')));

/** Runs a program on the sources, within half a minute. */
async function output(name: string, ...arguments_: string[]) {
  return run(process.execPath, ['--conditions=millrace:source', join(here, name, 'main.ts'), ...arguments_], {
    timeout: 30_000,
  });
}

describe('examples', () => {
  it.each(examples.filter((name) => existsSync(join(here, name, 'expected.txt'))))(
    '%s prints the expected output',
    async (name) => {
      const { stdout } = await output(name);
      expect(stdout).toBe(readFileSync(join(here, name, 'expected.txt'), 'utf8'));
    },
    40_000,
  );

  it('own-receiver is a receiver in under 30 lines', () => {
    const lines = readFileSync(join(here, 'own-receiver', 'countdown.ts'), 'utf8')
      .trimEnd()
      .split('\n');
    expect(lines.length).toBeLessThan(30);
  });

  it('flights counts every flight once and reports the count', async () => {
    const { stdout, stderr } = await output('flights', '--speed', '60', '--batch-interval', '100', '--json');
    const batches = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    const records = batches.reduce(
      (sum: number, batch: { recordCount: number }) => sum + batch.recordCount,
      0,
    );
    expect(records).toBe(20_000);
    expect(stderr).toContain('every flight was counted once, and all sums equal those of the file');
  }, 40_000);

  it('flights has the same totals on two threads', async () => {
    const options = ['--master', 'local[2]', '--speed', '60', '--batch-interval', '100', '--json'];
    const { stderr } = await output('flights', ...options);
    expect(stderr).toContain('every flight was counted once, and all sums equal those of the file');
  }, 60_000);

  it('flights lists its options', async () => {
    const { stdout } = await output('flights', '--help');
    const options = [
      '--speed',
      '--batch-interval',
      '--receivers',
      '--master',
      '--policy',
      '--socket',
      '--json',
    ];
    expect(options.filter((option) => !stdout.includes(option))).toEqual([]);
  });

  it.each([
    [['--speed', '0'], 'expected a number above 0'],
    [['--receivers', 'two'], 'expected a whole number from 1 to 64'],
    [['--master', 'local[0]'], 'expected local, local[*], or local[N]'],
    [['--policy', 'random'], 'Allowed choices are round-robin, locality, load-balanced'],
    [['--socket', 'nowhere'], 'expected host:port'],
    [['--fast'], "unknown option '--fast'"],
  ])('flights refuses %j and prints the expected form', async (arguments_, message) => {
    await expect(output('flights', ...arguments_)).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining(message),
    });
  });
});
