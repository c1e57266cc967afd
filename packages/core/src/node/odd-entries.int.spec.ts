// Directories with entries of other programs that no engine expects.
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NodeStorage } from './node-storage.ts';

const storage = new NodeStorage();
const bytes = (text: string) => [new TextEncoder().encode(text)];
let root = '';

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'millrace-odd-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

const makeFifo = async (path: string) => void (await promisify(execFile)('mkfifo', [path]));

async function listed(): Promise<Readonly<Record<string, string>>> {
  const entries = await storage.list(root);
  return Object.fromEntries(entries.map(({ name, kind, problem }) => [name, problem ?? kind]));
}

describe.skipIf(process.platform === 'win32')('NodeStorage.list', () => {
  it('returns odd entries beside ordinary entries', async () => {
    await writeFile(join(root, 'file'), 'x');
    await symlink('loop', join(root, 'loop'));
    await symlink('two', join(root, 'one'));
    await symlink('one', join(root, 'two'));
    await symlink('nowhere', join(root, 'dangling'));
    await symlink(join('file', 'below'), join(root, 'through-a-file'));
    await makeFifo(join(root, 'fifo'));
    await symlink('/dev/null', join(root, 'device'));
    await symlink('x'.repeat(300), join(root, 'long'));
    const server = createServer().listen(join(root, 'socket'));
    await new Promise((resolve) => server.once('listening', resolve));
    expect(await listed()).toEqual({
      file: 'file',
      loop: 'ELOOP',
      one: 'ELOOP',
      two: 'ELOOP',
      dangling: 'ENOENT',
      'through-a-file': 'ENOTDIR',
      fifo: 'other',
      device: 'other',
      long: 'ENAMETOOLONG',
      socket: 'other',
    });
    await new Promise((resolve) => server.close(resolve));
  });

  it('does not inspect entries whose names are not accepted', async () => {
    await writeFile(join(root, 'a.csv'), 'x');
    await symlink('loop', join(root, 'loop'));
    const entries = await storage.list(root, { accept: (name) => name.endsWith('.csv') });
    expect(entries.map(({ name }) => name)).toEqual(['a.csv']);
  });

  // Other systems take only names that are text.
  it.runIf(process.platform === 'linux')('returns a name that is not UTF-8 with its problem', async () => {
    await writeFile(Buffer.from([...Buffer.from(`${root}/caf`), 0xe9]), 'x');
    await writeFile(join(root, 'café'), 'x');
    expect(await listed()).toEqual({ 'caf\ufffd': 'EILSEQ', café: 'file' });
  });

  it('returns remaining entries although most entries vanish meanwhile', async () => {
    const names = Array.from({ length: 300 }, (_, index) => `f${index}`);
    await Promise.all(names.map((name) => writeFile(join(root, name), '')));
    const [entries] = await Promise.all([
      storage.list(root),
      ...names.slice(1).map((name) => rm(join(root, name))),
    ]);
    expect(entries.map(({ name }) => name)).toContain('f0');
    expect(entries.filter(({ kind }) => kind !== 'file')).toEqual([]);
  });
});

describe.skipIf(process.platform === 'win32')('NodeStorage.open', () => {
  const NO_FILE = {
    code: 'MR_STORAGE_FAILED',
    message: expect.stringContaining('expected a regular file') as string,
  };

  it('refuses FIFOs without a waiting thread for each', async () => {
    const path = join(root, 'fifo');
    await makeFifo(path);
    const opened = await Promise.allSettled(Array.from({ length: 8 }, () => storage.open(path, 'read')));
    for (const opening of opened) {
      expect(opening).toMatchObject({ status: 'rejected', reason: expect.objectContaining(NO_FILE) });
    }
    await expect(storage.open(path, 'append')).rejects.toMatchObject(NO_FILE);
    await expect(storage.open(path, 'overwrite')).rejects.toMatchObject(NO_FILE);
    await expect(storage.lock(path)).rejects.toMatchObject({ code: 'MR_STORAGE_FAILED' });
    await expect(storage.syncDirectory(path)).rejects.toMatchObject({ code: 'MR_STORAGE_NOT_FOUND' });
  });

  it('refuses links to devices, and directories', async () => {
    await symlink('/dev/zero', join(root, 'zero'));
    await expect(storage.open(join(root, 'zero'), 'read')).rejects.toMatchObject(NO_FILE);
    await expect(storage.open(root, 'read')).rejects.toMatchObject(NO_FILE);
  });

  it('reports the opened file, wherever the name leads by then', async () => {
    const path = join(root, 'file');
    await writeFile(path, 'one');
    const file = await storage.open(path, 'read');
    const named = await storage.stat(path);
    expect(await file.stat?.()).toEqual(named);
    await rename(path, join(root, 'before'));
    await writeFile(path, 'another');
    expect(await file.stat?.()).toMatchObject({ sizeBytes: 3, fileId: named?.fileId });
    expect((await storage.stat(path))?.fileId).not.toBe(named?.fileId);
    await file.close();
  });

  it('makes files and directories with the given permissions, and leaves existing ones unchanged', async () => {
    const permissionsOf = async (path: string) => (await stat(path)).mode & 0o777;
    await mkdir(join(root, 'there'), { mode: 0o755 });
    await storage.makeDirectory(join(root, 'there'), { permissions: 0o700 });
    await storage.makeDirectory(join(root, 'above', 'made'), { permissions: 0o700 });
    const path = join(root, 'above', 'made', 'file');
    await (await storage.open(path, 'create', { permissions: 0o600 })).close();
    await (await storage.open(join(root, 'plain'), 'create')).close();
    expect(await permissionsOf(join(root, 'there'))).toBe(0o755);
    expect(await permissionsOf(join(root, 'above', 'made'))).toBe(0o700);
    expect(await permissionsOf(path)).toBe(0o600);
    expect((await permissionsOf(join(root, 'plain'))) & 0o600).toBe(0o600);
    await writeFile(join(root, 'taken'), '');
    await expect(storage.makeDirectory(join(root, 'taken'), { permissions: 0o700 })).rejects.toMatchObject({
      code: 'MR_STORAGE_EXISTS',
    });
  });
});

describe.skipIf(process.platform === 'win32')('a file of NodeStorage without its name', () => {
  const GONE = {
    code: 'MR_STORAGE_NOT_FOUND',
    message: expect.stringContaining('removed, renamed or replaced') as string,
  };

  it.each([
    ['was removed', () => rm(join(root, 'logs', 'segment'))],
    ['has another name', () => rename(join(root, 'logs', 'segment'), join(root, 'logs', 'moved'))],
    ['is in a directory of another name', () => rename(join(root, 'logs'), join(root, 'moved'))],
    ['was removed with its directory', () => rm(join(root, 'logs'), { recursive: true })],
  ])('fails to sync when it %s (STORAGE-31)', async (_, trouble) => {
    await mkdir(join(root, 'logs'));
    const file = await storage.open(join(root, 'logs', 'segment'), 'create');
    await file.append(bytes('one'));
    await file.sync();
    await trouble();
    await file.append(bytes('two'));
    await expect(file.sync()).rejects.toMatchObject(GONE);
    await file.close();
  });

  it('fails to sync when the storage itself has moved another file over it', async () => {
    const path = join(root, 'file');
    const file = await storage.open(path, 'create');
    await writeFile(join(root, 'draft'), 'x');
    await storage.rename(join(root, 'draft'), path);
    await expect(file.sync()).rejects.toMatchObject(GONE);
    await file.close();
  });
});
