// Locks on a real disk: of this process, of a process that was killed, and of processes whose machine is changed in the
// file.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ManualClock, NodeStorage } from '@millrace/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CommandSurroundings } from '../command-surroundings.ts';
import { unlock, type UnlockOptions } from './unlock.ts';

const NOW_MS = Date.now() + 7_200_000;
const storage = new NodeStorage();
let root = '';
let releases: (() => Promise<void>)[] = [];

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'millrace-unlock-'));
  releases = [];
});
afterEach(async () => {
  for (const release of releases) await release();
  await rm(root, { recursive: true, force: true });
});

/** A lock at a path in the directory, of this process or of a changed holder. */
async function lockAt(path: string, holder: Record<string, unknown> = {}): Promise<string> {
  const full = join(root, path);
  await mkdir(join(full, '..'), { recursive: true });
  releases.push(await storage.lock(full));
  const content = JSON.parse(await readFile(full, 'utf8')) as object;
  await writeFile(full, JSON.stringify({ ...content, ...holder }));
  return full;
}

const ELSEWHERE = { boot: 'another one', host: 'pod-a', pid: 7, beacon: null };

/** Runs the command and returns exit code, output and asked questions. */
async function run(options: Partial<UnlockOptions> = {}, surroundings: Partial<CommandSurroundings> = {}) {
  let output = '';
  let warnings = '';
  const exitCode = await unlock(
    {
      storage,
      clock: new ManualClock(NOW_MS),
      fetch,
      terminal: undefined,
      signal: new AbortController().signal,
      output: process.stdout,
      environment: {},
      write: (text) => void (output += text),
      warn: (text) => void (warnings += text),
      confirm: undefined,
      ...surroundings,
    },
    { directory: root, yes: false, json: false, ...options },
  );
  return { exitCode, output, warnings };
}

const locksLeft = async () =>
  (await readdir(root, { recursive: true })).filter((name) => /lock(?:\.takeover)?$/.test(name));

describe('millrace unlock', () => {
  it('finds nothing in a directory without locks, and leaves other files of such names alone', async () => {
    await writeFile(join(root, 'yarn.lock'), '# yarn\n');
    await writeFile(join(root, 'lock'), 'of another program');
    const { exitCode, output } = await run({ yes: true });
    expect({ exitCode, output }).toEqual({ exitCode: 0, output: `no locks in ${root}\n` });
    expect((await locksLeft()).toSorted()).toEqual(['lock', 'yarn.lock']);
  });

  it('shows host, process and time of a lock of another machine, and removes the lock after a yes', async () => {
    await lockAt('wal/blocks/lock', ELSEWHERE);
    const asked: string[] = [];
    const { exitCode, output } = await run(
      {},
      {
        confirm: async (question) => {
          asked.push(question);
          return 'yes';
        },
      },
    );
    expect(asked).toEqual(['Is it certain that this process has ended? Two writers destroy a log.']);
    expect(output).toMatch(
      /^wal\/blocks\/lock: process 7 on pod-a, since \d{4}-\d\d-\d\dT\S+Z \((?:1|2) h\): on another machine/,
    );
    expect(output).toContain('\nremoved wal/blocks/lock\n');
    expect(exitCode).toBe(0);
    expect(await locksLeft()).toEqual([]);
  });

  it.each(['no', 'interrupted'] as const)('removes nothing after the answer %s', async (answer) => {
    await lockAt('lock', ELSEWHERE);
    const { exitCode } = await run({}, { confirm: async () => answer });
    expect(exitCode).toBe(answer === 'no' ? 1 : 130);
    expect(await locksLeft()).toEqual(['lock']);
  });

  it('requires --yes where no person can be asked', async () => {
    await lockAt('lock', ELSEWHERE);
    const refused = await run();
    expect(refused.exitCode).toBe(1);
    expect(refused.warnings).toContain('--yes');
    expect((await run({ yes: true })).exitCode).toBe(0);
    expect(await locksLeft()).toEqual([]);
  });

  it('never removes the lock of a process that lives on this machine', async () => {
    await lockAt('checkpoints/lock');
    await lockAt('wal/lock', ELSEWHERE);
    const { exitCode, output } = await run({ yes: true });
    expect(exitCode).toBe(1);
    expect(output).toContain(
      `checkpoints/lock: process ${process.pid} on ${(await holderOf('checkpoints/lock')).host}`,
    );
    expect(output).toContain('runs on this machine; stop the process');
    expect(output).toContain('removed wal/lock\n');
    expect(output).toContain('LOCKED checkpoints/lock\n');
    expect(await locksLeft()).toEqual(['checkpoints/lock']);
  });

  it('removes the lock of a killed process of this machine without a question', async () => {
    const path = join(root, 'lock');
    const code = `
      import { NodeStorage } from ${JSON.stringify(import.meta.resolve('@millrace/core'))};
      await new NodeStorage().lock(${JSON.stringify(path)});
      console.log('taken');
      process.stdin.resume();`;
    const args = ['--conditions=millrace:source', '--input-type=module', '-e', code];
    const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    await once(child.stdout, 'data');
    expect((await run({ yes: true })).exitCode).toBe(1);
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
    expect((await run()).exitCode).toBe(0);
    expect(await locksLeft()).toEqual([]);
  });

  it('removes locks of interrupted removals first, and locks with a cut-off content', async () => {
    await lockAt('writer-0.lock', ELSEWHERE);
    await lockAt('writer-0.lock.takeover', ELSEWHERE);
    await writeFile(join(root, 'lock'), '{"token":"a');
    const { exitCode, output } = await run({ yes: true });
    expect(output).toContain('lock: an unknown process (the file is damaged)');
    expect(exitCode).toBe(0);
    expect(await locksLeft()).toEqual([]);
  });

  it('leaves a lock that another process took during the question', async () => {
    const path = await lockAt('lock', ELSEWHERE);
    const { exitCode, output } = await run(
      {},
      {
        confirm: async () => {
          await rm(path);
          releases.push(await storage.lock(path));
          return 'yes';
        },
      },
    );
    expect(exitCode).toBe(1);
    expect(output).toContain(
      'LOCKED lock: the lock was released, or another process took the lock meanwhile',
    );
    expect(await locksLeft()).toEqual(['lock']);
  });

  it('prints JSON without a question', async () => {
    const path = await lockAt('lock', ELSEWHERE);
    const shown = await run({ json: true }, { confirm: async () => 'yes' });
    expect(JSON.parse(shown.output)).toEqual({
      directory: root,
      locks: [
        { path, host: 'pod-a', pid: 7, since: expect.stringMatching(/Z$/), state: 'unknown', removed: false },
      ],
    });
    expect(shown.exitCode).toBe(1);
    const removed = await run({ json: true, yes: true });
    expect(JSON.parse(removed.output)).toMatchObject({ locks: [{ removed: true }] });
    expect(removed.exitCode).toBe(0);
  });

  it('fails for a directory that does not exist', async () => {
    await expect(run({ directory: join(root, 'absent') })).rejects.toMatchObject({
      code: 'MR_STORAGE_NOT_FOUND',
    });
  });
});

async function holderOf(path: string): Promise<{ readonly host: string }> {
  return JSON.parse(await readFile(join(root, path), 'utf8')) as { readonly host: string };
}
