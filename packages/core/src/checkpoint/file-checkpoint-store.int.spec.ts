// Checkpoints on the file system of the host, used by other programs at the same time.
import { mkdir, mkdtemp, rename, rm, stat, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NotedLog } from '../../test/memory-disk.ts';
import { NodeStorage } from '../node/node-storage.ts';
import { FileCheckpointStore } from './file-checkpoint-store.ts';

const bytes = new TextEncoder().encode('a checkpoint');
let root = '';
let directory = '';
let store: FileCheckpointStore;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'millrace-checkpoints-'));
  directory = join(root, 'data', 'checkpoints');
  store = new FileCheckpointStore({ directory, storage: new NodeStorage(), log: new NotedLog() });
  await store.open();
});
afterEach(async () => {
  await store.close().catch(() => undefined);
  await rm(root, { recursive: true, force: true });
});

const permissionsOf = async (path: string) => ((await stat(path)).mode & 0o777).toString(8);
const replaced = async () => {
  await rename(directory, join(root, 'before'));
  await mkdir(directory);
};

describe.skipIf(process.platform === 'win32')('FileCheckpointStore on the file system of the host', () => {
  it('keeps checkpoints for their owner alone, and leaves the directories above unchanged', async () => {
    await store.write(1_000, bytes);
    await store.writePart(1, bytes);
    expect(await permissionsOf(directory)).toBe('700');
    for (const name of ['checkpoint-1000', 'part-1'])
      expect(await permissionsOf(join(directory, name))).toBe('600');
    expect(await permissionsOf(join(root, 'data'))).not.toBe('700');
  });

  it.each([
    ['removed', () => rm(directory, { recursive: true })],
    ['renamed', () => rename(directory, join(root, 'before'))],
    ['replaced', replaced],
    ['emptied', async () => rm(join(directory, 'lock'))],
  ])('writes nothing after its directory was %s', async (_, trouble) => {
    await store.writePart(1, bytes);
    await trouble();
    const failure = { code: 'MR_STORAGE_NOT_FOUND', details: { path: directory } };
    await expect(store.write(1_000, bytes)).rejects.toMatchObject(failure);
    await expect(store.writePart(2, bytes)).rejects.toMatchObject(failure);
  });

  it.each([
    ['a link that leads nowhere', '/nowhere/checkpoint'],
    ['a link that leads to itself', 'checkpoint-2000'],
    ['a link to a device', '/dev/null'],
  ])('does not start over because of %s: an unreadable checkpoint is reported', async (_, target) => {
    await symlink(target, join(directory, 'checkpoint-2000'));
    await expect(store.newest()).rejects.toMatchObject({ code: 'MR_CHECKPOINT_UNREADABLE' });
    await store.write(1_000, bytes);
    expect((await store.newest())?.batchTime).toBe(1_000);
    expect(await store.list()).toEqual([1_000]);
    await store.write(2_000, bytes);
    expect((await store.newest())?.batchTime).toBe(2_000);
  });

  it('starts beside files, links and directories that are not checkpoints, of any size', async () => {
    await store.write(1_000, bytes);
    await writeFile(join(directory, 'checkpoint-2000'), '');
    // Sparse: the file occupies no room, and needs more than one read of the system.
    await truncate(join(directory, 'checkpoint-2000'), 3 * 2 ** 30);
    await mkdir(join(directory, 'checkpoint-3000'));
    await symlink(join(directory, 'nowhere'), join(directory, 'checkpoint-4000'));
    await symlink(root, join(directory, 'checkpoint-5000'));
    expect(await store.list()).toEqual([1_000, 2_000]);
    expect((await store.newest())?.batchTime).toBe(1_000);
    await store.write(6_000, bytes);
    await store.prune(1);
    expect(await store.list()).toEqual([6_000]);
  });

  it('writes again when its directory is restored', async () => {
    await rename(directory, join(root, 'before'));
    await expect(store.write(1_000, bytes)).rejects.toMatchObject({ code: 'MR_STORAGE_NOT_FOUND' });
    await rename(join(root, 'before'), directory);
    await store.write(1_000, bytes);
    expect(await store.list()).toEqual([1_000]);
  });
});
