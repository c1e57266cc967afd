// The command in a process of its own, and the program of the README: as a user runs both.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { NodeStorage } from '@millrace/core';
import { freePort } from '@millrace/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

const ROOT = join(import.meta.dirname, '..');
/** Bounds a hanging test; nothing depends on the length. */
const LIMIT_MS = 240_000;
const SOURCES = '--conditions=millrace:source';

let folder = '';
const running = new Set<ChildProcess>();
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-'));
});
afterEach(() => {
  for (const child of running) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

function millrace(...args: readonly string[]) {
  return spawnSync(process.execPath, [SOURCES, join(ROOT, 'src', 'main.ts'), ...args], {
    encoding: 'utf8',
    timeout: LIMIT_MS / 4,
  });
}

describe('the command millrace', { timeout: LIMIT_MS }, () => {
  it('ends with 0 for help, with 2 for a wrong command line', () => {
    expect(millrace('--help')).toMatchObject({ status: 0, stdout: expect.stringContaining('unlock') });
    expect(millrace()).toMatchObject({ status: 2, stderr: expect.stringContaining('Usage: millrace') });
    expect(millrace('unlock')).toMatchObject({ status: 2, stderr: expect.stringContaining('--help') });
  });

  it('ends with 2, and one line, for a directory that does not exist', () => {
    const { status, stderr } = millrace('unlock', join(folder, 'absent'));
    expect(status).toBe(2);
    expect(stderr).toMatch(/^MR_STORAGE_NOT_FOUND: .*\n$/);
  });

  it('never removes the lock of a live process', async () => {
    const release = await new NodeStorage().lock(join(folder, 'lock'));
    const { status, stdout } = millrace('unlock', folder, '--yes');
    expect(stdout).toContain(`lock: process ${process.pid} on `);
    expect(stdout).toContain('LOCKED lock');
    expect(status).toBe(1);
    await release();
    expect(millrace('unlock', folder)).toMatchObject({ status: 0, stdout: `no locks in ${folder}\n` });
  });
});

describe('the quick start of the README', () => {
  const program = /```ts file=main\.ts\n([\s\S]*?)^```$/m.exec(
    readFileSync(join(ROOT, 'README.md'), 'utf8'),
  )?.[1];

  /** The sums of all rows by product; undefined while there is no table. */
  const sums = () => {
    try {
      const database = new DatabaseSync(join(folder, 'data', 'orders.db'), { readOnly: true });
      const rows = database.prepare('SELECT product, sum(amount) AS sum FROM sums GROUP BY product').all();
      database.close();
      return Object.fromEntries(rows.map((row) => [row['product'], row['sum']]));
    } catch {
      // The program has not written yet.
      return undefined;
    }
  };

  it('takes orders and survives kill -9 and Ctrl-C', { timeout: LIMIT_MS }, async () => {
    mkdirSync(join(folder, 'node_modules'));
    symlinkSync(ROOT, join(folder, 'node_modules', 'millrace'));
    // A free port, so that the test runs beside any program.
    const port = await freePort();
    expect(program).toContain('port: 8080');
    writeFileSync(join(folder, 'main.ts'), program?.replace('port: 8080', `port: ${port}`) ?? '');
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
    const start = () => {
      const child = spawn(process.execPath, [SOURCES, 'main.ts'], { cwd: folder, stdio: 'ignore' });
      running.add(child.once('exit', () => running.delete(child)));
      return child;
    };
    const post = async (product: string, amount: number) => {
      const response = await fetch(`http://127.0.0.1:${port}/`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify([{ product, amount }]),
      });
      expect(await response.json()).toEqual({ accepted: 1 });
    };

    const first = start();
    await vi.waitFor(() => post('tea', 2), { timeout: LIMIT_MS / 4, interval: 50 });
    const killed = once(first, 'exit');
    first.kill('SIGKILL');
    await killed;

    const second = start();
    await vi.waitFor(() => post('milk', 5), { timeout: LIMIT_MS / 4, interval: 50 });
    await vi.waitFor(() => expect(sums()).toEqual({ milk: 5, tea: 2 }), {
      timeout: LIMIT_MS / 4,
      interval: 50,
    });
    const ended = once(second, 'exit');
    second.kill('SIGINT');
    expect(await ended).toEqual([0, null]);
    expect(sums()).toEqual({ milk: 5, tea: 2 });
  });
});
