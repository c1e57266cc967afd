import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findLock, isLockName, removeLock } from './found-lock.ts';
import { NodeStorage } from './node-storage.ts';

const storage = new NodeStorage();
const ELSEWHERE = { boot: 'another one', host: 'elsewhere', pid: 7 };
let root = '';

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'millrace-found-lock-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

const newLockPath = async () => join(await mkdtemp(join(root, 'd-')), 'lock');

/** Changes the holder's description in a lock file. */
async function rewrite(path: string, changes: Record<string, unknown>): Promise<void> {
  const holder = JSON.parse(await readFile(path, 'utf8')) as object;
  await writeFile(path, JSON.stringify({ ...holder, ...changes }));
}

/** The lock at a path where there is one. */
async function found(path: string) {
  const lock = await findLock(path);
  if (lock === undefined) throw new Error(`no lock at ${path}`);
  return lock;
}

describe('a lock on the disk', () => {
  it('tells process, machine, time and liveness of its holder', async () => {
    const path = await newLockPath();
    const begunMs = Date.now();
    const release = await storage.lock(path);
    const lock = await found(path);
    expect(lock).toMatchObject({ path, pid: process.pid, liveness: 'alive' });
    // The clock of a file system may be coarser than the clock of the process.
    expect(Math.abs(lock.sinceMs - begunMs)).toBeLessThan(60_000);
    await release();
    expect(await findLock(path)).toBeUndefined();
  });

  it('stays when its holder is alive', async () => {
    const path = await newLockPath();
    const release = await storage.lock(path);
    await expect(removeLock(await found(path))).rejects.toMatchObject({ code: 'MR_STORAGE_LOCKED' });
    await expect(storage.lock(path)).rejects.toThrow(/npx millrace unlock/);
    await release();
  });

  it('of another machine is removed with its socket, and the place can be locked again', async () => {
    const path = await newLockPath();
    const release = await storage.lock(path);
    await rewrite(path, ELSEWHERE);
    const lock = await found(path);
    expect(lock).toMatchObject({ host: 'elsewhere', pid: 7, liveness: 'unknown' });
    expect(await removeLock(lock)).toBe(true);
    await release();
    expect(await readdir(join(path, '..'))).toEqual([]);
    await (
      await storage.lock(path)
    )();
  });

  it('of another process than the one found is left alone', async () => {
    const path = await newLockPath();
    await storage.lock(path);
    await rewrite(path, ELSEWHERE);
    const lock = await found(path);
    await rewrite(path, { token: 'a later lock' });
    expect(await removeLock(lock)).toBe(false);
    await rm(path);
    expect(await removeLock(lock)).toBe(false);
  });

  it('is recognised by its content, and by its name when the content is cut off', async () => {
    const path = await newLockPath();
    for (const content of ['not json', 'null', '[]']) {
      await writeFile(path, content);
      expect(await findLock(path)).toBeUndefined();
    }
    for (const content of ['', '{"token":"a']) {
      await writeFile(path, content);
      expect(await found(path)).toMatchObject({ host: undefined, pid: undefined, liveness: 'unknown' });
    }
    const other = join(path, '..', 'yarn.lock');
    await writeFile(other, '');
    expect(await findLock(other)).toBeUndefined();
  });

  it('has a name', () => {
    const names = [
      'lock',
      'writer-0.lock',
      'lock.takeover',
      'writer-0.lock.takeover',
      'lock.txt',
      'clock',
      'lock.x',
    ];
    expect(names.filter(isLockName)).toEqual(names.slice(0, 4));
  });
});
