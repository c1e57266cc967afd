// Runs every example as a user would and compares the output.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const here = import.meta.dirname;
const run = promisify(execFile);
const examples = readdirSync(here).filter((name) => existsSync(join(here, name, 'main.ts')));

/** Bounds a hanging program on a machine that is busy with other work; nothing depends on the length. */
const PROGRAM_MS = 120_000;

/** Runs a program on the sources. */
async function output(name: string, ...arguments_: string[]) {
  return run(process.execPath, ['--conditions=millrace:source', join(here, name, 'main.ts'), ...arguments_], {
    timeout: PROGRAM_MS,
  });
}

describe('examples', { timeout: 2 * PROGRAM_MS }, () => {
  it.each(examples.filter((name) => existsSync(join(here, name, 'expected.txt'))))(
    '%s prints the expected output',
    async (name) => {
      const { stdout } = await output(name);
      expect(stdout).toBe(readFileSync(join(here, name, 'expected.txt'), 'utf8'));
    },
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
  });

  it('flights has the same totals on two threads', async () => {
    const options = ['--master', 'local[2]', '--speed', '60', '--batch-interval', '100', '--json'];
    const { stderr } = await output('flights', ...options);
    expect(stderr).toContain('every flight was counted once, and all sums equal those of the file');
  });

  it('flights opens its dashboard, at another port when the port is taken, and prints the address', async () => {
    const taken = createServer();
    await once(taken.listen(0, '127.0.0.1'), 'listening');
    const { port } = taken.address() as AddressInfo;
    const start = (...options: readonly string[]) =>
      spawn(process.execPath, ['--conditions=millrace:source', join(here, 'flights', 'main.ts'), ...options]);
    const child = start('--json', '--dashboard-port', String(port));
    try {
      let text = '';
      child.stderr.on('data', (chunk: Buffer) => (text += chunk.toString()));
      while (!/dashboard: .*\n/.test(text)) await once(child.stderr, 'data');
      const url = /dashboard: (http:\S+)/.exec(text)?.[1] ?? '';
      expect(new URL(url).port).not.toBe(String(port));
      const { application } = (await (await fetch(`${url}api/v1/state`)).json()) as { application: string };
      expect(application).toBe('flights');
    } finally {
      child.kill('SIGKILL');
      taken.close();
    }
    const { stderr } = await output(
      'flights',
      '--no-dashboard',
      '--speed',
      '60',
      '--batch-interval',
      '100',
      '--json',
    );
    expect(stderr).not.toContain('dashboard');
  });

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
      '--no-dashboard',
      '--dashboard-port',
    ];
    expect(options.filter((option) => !stdout.includes(option))).toEqual([]);
  });

  it.each([
    [['--speed', '0'], 'expected a number above 0'],
    [['--receivers', 'two'], 'expected a whole number from 1 to 64'],
    [['--master', 'local[0]'], 'expected local, local[*], or local[N]'],
    [['--policy', 'random'], 'Allowed choices are round-robin, locality, load-balanced'],
    [['--socket', 'nowhere'], 'expected host:port'],
    [['--dashboard-port', '70000'], 'expected a whole number from 0 to 65535'],
    [['--fast'], "unknown option '--fast'"],
    [['--socket', 'localhost:9999', '--speed', '2'], '--speed is about the flights'],
    [['--socket', 'localhost:9999', '--receivers', '2'], '--receivers is about the flights'],
  ])('flights refuses %j and prints the expected form', async (arguments_, message) => {
    await expect(output('flights', ...arguments_)).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining(message),
    });
  });

  it('flights --socket --durable counts received lines after a kill -9', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'millrace-words-'));
    const server = createServer();
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    const start = (intervalMs: string) => {
      const words = ['--socket', `127.0.0.1:${port}`, '--durable', directory, '--json'];
      const program = join(here, 'flights', 'main.ts');
      const options = [...words, '--batch-interval', intervalMs];
      const child = spawn(process.execPath, ['--conditions=millrace:source', program, ...options]);
      let text = '';
      child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
      const saw = async (expected: string) => {
        while (!text.includes(expected)) await once(child.stdout, 'data');
      };
      return { child, saw };
    };
    try {
      const first = start('2000');
      const [socket] = (await once(server, 'connection')) as [Socket];
      // An empty batch shows that the engine runs; the words arrive in the batch after that one.
      await first.saw('"recordCount":0');
      socket.write('kept kept kept\n');
      await blocksIn(directory);
      first.child.kill('SIGKILL');
      await once(first.child, 'exit');
      const second = start('2000');
      await second.saw('"words":{"kept":3}');
      second.child.kill('SIGTERM');
      expect(await once(second.child, 'exit')).toEqual([0, null]);
    } finally {
      server.close();
      rmSync(directory, { recursive: true });
    }
  });
});

/** Waits until a block is in the log of a durable run. */
async function blocksIn(directory: string): Promise<void> {
  const log = join(directory, 'wal');
  const hasBlock = () =>
    readdirSync(log, { recursive: true, withFileTypes: true }).some(
      (file) => file.isFile() && readFileSync(join(file.parentPath, file.name)).includes('kept kept'),
    );
  while (!hasBlock()) await new Promise((resolve) => setTimeout(resolve, 20));
}
