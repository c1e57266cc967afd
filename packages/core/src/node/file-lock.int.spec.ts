import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { isMillraceError } from '../errors/millrace-error.ts';
import { NodeStorage } from './node-storage.ts';

const storage = new NodeStorage();
const source = new URL('./node-storage.ts', import.meta.url).href;
const children: ChildProcess[] = [];
let root = '';

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'millrace-lock-'));
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});
afterAll(() => rm(root, { recursive: true, force: true }));

async function newLockPath(): Promise<string> {
  return join(await mkdtemp(join(root, 'd-')), 'lock');
}

/** A process that takes the lock and then waits; resolves once the process has the lock. */
async function holderProcess(path: string): Promise<ChildProcess> {
  const code = `
    import { NodeStorage } from ${JSON.stringify(source)};
    await new NodeStorage().lock(${JSON.stringify(path)});
    console.log('taken');
    process.stdin.resume();`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  children.push(child);
  await once(child.stdout, 'data');
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

/** Changes the holder's description in a lock file. */
async function rewrite(path: string, changes: Record<string, unknown>): Promise<void> {
  const holder = JSON.parse(await readFile(path, 'utf8')) as object;
  await writeFile(path, JSON.stringify({ ...holder, ...changes }));
}

async function isLocked(path: string): Promise<boolean> {
  try {
    const release = await storage.lock(path);
    await release();
    return false;
  } catch (error) {
    if (isMillraceError(error, 'MR_STORAGE_LOCKED')) return true;
    throw error;
  }
}

describe('NodeStorage.lock', () => {
  it('is refused to a second holder in the same process, naming the holder', async () => {
    const path = await newLockPath();
    const release = await storage.lock(path);
    await expect(storage.lock(path)).rejects.toMatchObject({
      code: 'MR_STORAGE_LOCKED',
      details: { path, pid: process.pid },
    });
    await release();
    expect(await isLocked(path)).toBe(false);
  });

  it.runIf(process.platform === 'linux')(
    'is taken over from a thread that has ended, not from a live thread',
    async () => {
      const path = await newLockPath();
      const code = `
      import(${JSON.stringify(source)}).then(async ({ NodeStorage }) => {
        await new NodeStorage().lock(${JSON.stringify(path)});
        const { parentPort } = await import('node:worker_threads');
        parentPort.on('message', () => undefined);
        parentPort.postMessage('taken');
      });`;
      const thread = new Worker(code, { eval: true });
      await once(thread, 'message');
      expect(await isLocked(path)).toBe(true);
      await thread.terminate();
      expect(await isLocked(path)).toBe(false);
    },
  );

  it('leaves nothing behind when it is released, once or twice', async () => {
    const path = await newLockPath();
    const release = await storage.lock(path);
    await release();
    await release();
    expect(await readdir(join(path, '..'))).toEqual([]);
  });

  it('has one holder among many concurrent requests', async () => {
    const path = await newLockPath();
    const tries = await Promise.allSettled(Array.from({ length: 20 }, () => storage.lock(path)));
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('is refused while another process lives, and taken over when it was killed', async () => {
    const path = await newLockPath();
    const child = await holderProcess(path);
    expect(await isLocked(path)).toBe(true);
    await kill(child);
    expect(await isLocked(path)).toBe(false);
    expect(await readdir(join(path, '..'))).toEqual([]);
  });

  it('is taken over from a dead process by one of many', async () => {
    const path = await newLockPath();
    await kill(await holderProcess(path));
    const tries = await Promise.allSettled(Array.from({ length: 20 }, () => storage.lock(path)));
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('is not blocked by a process that died while taking over', async () => {
    const path = await newLockPath();
    await kill(await holderProcess(path));
    await kill(await holderProcess(`${path}.takeover`));
    expect(await isLocked(path)).toBe(false);
  });

  it('stays with a process that took it by force', async () => {
    const path = await newLockPath();
    const releaseFirst = await storage.lock(path);
    await rm(path);
    const releaseSecond = await storage.lock(path);
    await releaseFirst();
    expect(await isLocked(path)).toBe(true);
    await releaseSecond();
  });

  it('is refused when its file cannot be parsed', async () => {
    const path = await newLockPath();
    for (const content of ['', 'not json', 'null', '{"pid":1}']) {
      await writeFile(path, content);
      expect(await isLocked(path)).toBe(true);
    }
  });

  it('requires an existing directory', async () => {
    await expect(storage.lock(join(root, 'absent', 'lock'))).rejects.toMatchObject({
      code: 'MR_STORAGE_NOT_FOUND',
    });
  });
});

// The knowledge of a process about another process depends on the system; these are the answers of Linux.
describe.runIf(process.platform === 'linux')('NodeStorage.lock on Linux', () => {
  it('is taken over when the process number of the dead holder was reused', async () => {
    const path = await newLockPath();
    await storage.lock(path);
    await rewrite(path, { startTicks: '1' });
    expect(await isLocked(path)).toBe(false);
  });

  it('is taken over after a restart of the machine', async () => {
    const path = await newLockPath();
    await storage.lock(path);
    await rewrite(path, { boot: 'an earlier one' });
    expect(await isLocked(path)).toBe(false);
  });

  it('is refused when the holder is on another machine', async () => {
    const path = await newLockPath();
    await storage.lock(path);
    await rewrite(path, { boot: 'another one', host: 'elsewhere' });
    expect(await isLocked(path)).toBe(true);
  });

  it('is refused while a holder in another container lives, and taken over afterwards', async () => {
    const path = await newLockPath();
    const child = await holderProcess(path);
    await rewrite(path, { pidSpace: 'pid:[1]', host: 'container' });
    expect(await isLocked(path)).toBe(true);
    await kill(child);
    expect(await isLocked(path)).toBe(false);
  });

  it('is refused when a holder in another container cannot be seen', async () => {
    const path = await newLockPath();
    await kill(await holderProcess(path));
    await rewrite(path, { pidSpace: 'pid:[1]', beacon: null });
    expect(await isLocked(path)).toBe(true);
  });

  it('works at a path longer than a socket may have', async () => {
    const deep = join(root, ...Array.from({ length: 12 }, (_, index) => `a-rather-long-name-${index}`));
    await storage.makeDirectory(deep);
    const path = join(deep, 'lock');
    const child = await holderProcess(path);
    await rewrite(path, { pidSpace: 'pid:[1]' });
    expect(await isLocked(path)).toBe(true);
    await kill(child);
    expect(await isLocked(path)).toBe(false);
  });
});
