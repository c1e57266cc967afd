import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const run = promisify(execFile);
const source = new URL('./pino-logger.ts', import.meta.url).href;

function programArguments(body: string): string[] {
  return ['--input-type=module', '-e', `import { PinoLogger } from ${JSON.stringify(source)}; ${body}`];
}

/** Runs a program in a process of its own, which is killed after ten seconds. */
function program(body: string): Promise<{ stdout: string; stderr: string }> {
  return run(process.execPath, programArguments(body), { timeout: 100_000 });
}

describe('PinoLogger in a process', () => {
  it('writes to standard error, in order, and loses no line at the end', async () => {
    const { stdout, stderr } = await program(
      `const log = new PinoLogger(); for (let i = 0; i < 1_000; i += 1) log.info('line', { i });`,
    );
    const lines = stderr.trim().split('\n');
    expect(stdout).toBe('');
    expect(lines.map((line) => (JSON.parse(line) as { i: number }).i)).toEqual([...Array(1_000).keys()]);
  });

  it('loses no line when the process is ended at once', async () => {
    const { stdout } = await program(
      `const log = new PinoLogger({ destination: 'stdout' });
       for (let i = 0; i < 1_000; i += 1) log.info('line', { i });
       process.exit(0);`,
    );
    expect(stdout.trim().split('\n')).toHaveLength(1_000);
  });

  it('writes to a file, making its directory', async () => {
    const root = await mkdtemp(join(tmpdir(), 'millrace-log-'));
    const file = join(root, 'deep', 'engine.log');
    await program(`new PinoLogger({ destination: { file: ${JSON.stringify(file)} } }).warn('to a file');`);
    expect(await readFile(file, 'utf8')).toContain('to a file');
    await rm(root, { recursive: true, force: true });
  });

  it('neither ends nor blocks a process whose log cannot be opened', async () => {
    const { stdout } = await program(
      `new PinoLogger({ destination: { file: '/etc/passwd/below/engine.log' } }).info('lost'); console.log('goes on');`,
    );
    expect(stdout).toBe('goes on\n');
  });

  it.runIf(process.platform === 'linux')(
    'neither ends nor blocks a process whose log disk is full',
    async () => {
      const { stdout } = await program(
        `const log = new PinoLogger({ destination: { file: '/dev/full' } });
       log.info('lost');
       setTimeout(() => { log.info('lost too'); console.log('goes on'); process.exit(0); }, 50);`,
      );
      expect(stdout).toBe('goes on\n');
    },
  );

  it('does not make the process wait for a reader that has stalled', async () => {
    const child = spawn(
      process.execPath,
      programArguments(
        `const log = new PinoLogger();
         for (let i = 0; i < 20_000; i += 1) log.info('a line of some length', { i, filler: 'x'.repeat(1_000) });
         setTimeout(() => process.stdout.write('went on'), 10);`,
      ),
      { stdio: ['ignore', 'pipe', 'pipe'] },
    );
    // Standard error is not read: its pipe is full after 64 KiB.
    const [said] = (await once(child.stdout, 'data')) as [Buffer];
    expect(said.toString()).toBe('went on');
    child.kill('SIGKILL');
  });
});
