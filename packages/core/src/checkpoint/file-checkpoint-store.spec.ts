import { describe, expect, it } from 'vitest';
import { MemoryDisk, NotedLog } from '../../test/memory-disk.ts';
import type { Storage, StorageFile } from '../contracts/storage.ts';
import { FileCheckpointStore } from './file-checkpoint-store.ts';

const bytesOf = (text: string) => new TextEncoder().encode(text);
const textOf = (bytes: Uint8Array | undefined) => new TextDecoder().decode(bytes);

async function storeOn(storage: Storage = new MemoryDisk()) {
  const log = new NotedLog();
  const store = new FileCheckpointStore({ directory: '/checkpoints', storage, log });
  await store.open();
  return { store, log };
}

/** A store with the checkpoints `one` at 1000 and `two` at 2000, and the file of the newer one. */
async function withTwo() {
  const storage = new MemoryDisk();
  const { store, log } = await storeOn(storage);
  await store.write(1_000, bytesOf('one'));
  await store.write(2_000, bytesOf('two'));
  const path = '/checkpoints/checkpoint-2000';
  const file = await storage.open(path, 'read');
  return { storage, store, log, path, content: await file.readAt(0, await file.size()) };
}

describe('FileCheckpointStore', () => {
  it('returns the newest checkpoint as written', async () => {
    const { store } = await withTwo();
    const newest = await store.newest();
    expect([newest?.batchTime, textOf(newest?.bytes)]).toEqual([2_000, 'two']);
    expect(await store.list()).toEqual([1_000, 2_000]);
  });

  it('returns undefined without a checkpoint', async () => {
    const storage = new MemoryDisk();
    const store = new FileCheckpointStore({ directory: '/none', storage, log: new NotedLog() });
    expect(await store.newest()).toBeUndefined();
  });

  it('skips a newest file with damage in any single bit, and reports the file', async () => {
    const { storage, store, log, path, content } = await withTwo();
    for (let index = 0; index < content.length; index += 1) {
      const damaged = content.slice();
      damaged[index] = (damaged[index] ?? 0) ^ (1 << (index % 8));
      storage.files.set(path, damaged);
      expect(textOf((await store.newest())?.bytes)).toBe('one');
    }
    expect(log.lines.filter((line) => line.level === 'warn')).toHaveLength(content.length);
  });

  it('skips a newest file that is truncated anywhere, or empty', async () => {
    const { storage, store, path, content } = await withTwo();
    for (let length = 0; length < content.length; length += 1) {
      storage.files.set(path, content.slice(0, length));
      expect(textOf((await store.newest())?.bytes)).toBe('one');
    }
  });

  it('does not accept a renamed checkpoint', async () => {
    const { storage, store, content } = await withTwo();
    storage.files.set('/checkpoints/checkpoint-9000', content);
    expect((await store.newest())?.batchTime).toBe(2_000);
  });

  it('refuses to start from nothing when no checkpoint can be read', async () => {
    const { storage, store } = await withTwo();
    storage.files.set('/checkpoints/checkpoint-1000', bytesOf('x'));
    storage.files.set('/checkpoints/checkpoint-2000', bytesOf(''));
    await expect(store.newest()).rejects.toMatchObject({ code: 'MR_CHECKPOINT_UNREADABLE' });
  });

  it('returns an older checkpoint when the newest is not accepted', async () => {
    const { store, log } = await withTwo();
    const newest = await store.newest(({ bytes }) => textOf(bytes) === 'one');
    expect(newest?.batchTime).toBe(1_000);
    expect(log.lines.at(-1)?.fields).toMatchObject({ batchTime: 2_000 });
  });

  it('reads no other file of the directory', async () => {
    const { storage, store } = await withTwo();
    for (const name of ['checkpoint-5-x', 'checkpoint-3000.tmp', 'checkpoint-', 'notes'])
      storage.files.set(`/checkpoints/${name}`, bytesOf('x'));
    expect(await store.list()).toEqual([1_000, 2_000]);
  });

  it('replaces a checkpoint of the same time in one step', async () => {
    const { store } = await withTwo();
    await store.write(2_000, bytesOf('two again'));
    expect(textOf((await store.newest())?.bytes)).toBe('two again');
  });

  it('writes, syncs, renames and syncs the directory, in this order', async () => {
    const steps: string[] = [];
    const { store } = await storeOn(watched(new MemoryDisk(), steps));
    steps.length = 0;
    await store.write(1_000, bytesOf('one'));
    expect(steps).toEqual(['remove', 'open', 'append', 'sync', 'close', 'rename', 'syncDirectory']);
  });

  it.each(['append', 'sync', 'rename'])(
    'leaves the earlier checkpoints unchanged when %s fails',
    async (step) => {
      const steps: string[] = [];
      const world = { failing: '' };
      const storage = new MemoryDisk();
      const { store } = await storeOn(watched(storage, steps, world));
      await store.write(1_000, bytesOf('one'));
      world.failing = step;
      await expect(store.write(2_000, bytesOf('two'))).rejects.toThrow(step);
      world.failing = '';
      expect(textOf((await store.newest())?.bytes)).toBe('one');
      expect([...storage.files.keys()]).toEqual(['/checkpoints/checkpoint-1000']);
      await store.write(2_000, bytesOf('two'));
      expect(textOf((await store.newest())?.bytes)).toBe('two');
    },
  );

  it('overwrites the remains of a process that died while writing', async () => {
    const { storage, store } = await withTwo();
    storage.files.set('/checkpoints/checkpoint-3000.tmp', bytesOf('half of'));
    await store.write(3_000, bytesOf('three'));
    expect(textOf((await store.newest())?.bytes)).toBe('three');
  });

  it('keeps the newest checkpoints and no leftovers after pruning', async () => {
    const { storage, store } = await withTwo();
    await store.write(3_000, bytesOf('three'));
    storage.files.set('/checkpoints/checkpoint-4000.tmp', bytesOf('half of'));
    await store.prune(2);
    expect([...storage.files.keys()]).toEqual([
      '/checkpoints/checkpoint-2000',
      '/checkpoints/checkpoint-3000',
    ]);
    await expect(store.prune(0)).rejects.toThrow(TypeError);
  });

  it.each(['directory', 'other'] as const)('treats only files as checkpoints and parts: %s', async (kind) => {
    const { storage, store } = await withTwo();
    for (const name of ['checkpoint-5', 'checkpoint-9000', 'part-3', 'checkpoint-7000.tmp', ''])
      storage.others.set(`/checkpoints/${name}`, kind);
    expect([await store.list(), await store.listParts()]).toEqual([[1_000, 2_000], []]);
    expect((await store.newest())?.batchTime).toBe(2_000);
    await store.write(3_000, bytesOf('three'));
    await store.prune(1);
    await store.removePart(3);
    expect([...storage.files.keys()]).toEqual(['/checkpoints/checkpoint-3000']);
  });

  it('starts in a directory that contains only odd entries', async () => {
    const storage = new MemoryDisk();
    const { store } = await storeOn(storage);
    storage.others.set('/checkpoints/checkpoint-20261129', 'directory');
    storage.files.set('/checkpoints/Checkpoint-5', bytesOf('x'));
    storage.files.set('/checkpoints/checkpoint-9999999999999999', bytesOf('x'));
    expect([await store.newest(), await store.list()]).toEqual([undefined, []]);
  });

  it('continues behind a name that cannot be removed, and reports the name', async () => {
    const { storage, store } = await withTwo();
    for (const time of [3_000, 4_000]) await store.write(time, bytesOf('x'));
    storage.fixed.add('/checkpoints/checkpoint-1000');
    await expect(store.prune(2)).rejects.toMatchObject({
      code: 'MR_CHECKPOINT_NOT_REMOVED',
      disposition: 'retry',
      details: { names: ['checkpoint-1000'] },
      cause: { code: 'MR_STORAGE_DENIED' },
    });
    expect(await store.list()).toEqual([1_000, 3_000, 4_000]);
    await store.writePart(1, bytesOf('x'));
    storage.fixed.add('/checkpoints/part-1');
    await expect(store.removePart(1)).rejects.toMatchObject({ code: 'MR_CHECKPOINT_NOT_REMOVED' });
  });

  it('skips a too large file without reading, and writes no such file', async () => {
    const storage = new MemoryDisk();
    const large = new FileCheckpointStore({ directory: '/checkpoints', storage, log: new NotedLog() });
    await large.open();
    await large.write(1_000, bytesOf('one'));
    await large.write(2_000, new Uint8Array(101));
    await large.writePart(1, new Uint8Array(101));
    await large.close();
    const reads: number[] = [];
    const open = storage.open.bind(storage);
    storage.open = async (path, mode) => {
      const file = await open(path, mode);
      return { ...file, readAt: (offset, length) => (reads.push(length), file.readAt(offset, length)) };
    };
    const log = new NotedLog();
    const store = new FileCheckpointStore({ directory: '/checkpoints', storage, log, maxBytes: 100 });
    expect((await store.newest())?.batchTime).toBe(1_000);
    expect(Math.max(...reads)).toBeLessThan(100);
    expect(log.lines.at(-1)?.fields).toMatchObject({
      batchTime: 2_000,
      reason: expect.stringContaining('101 bytes'),
    });
    await expect(store.readPart(1)).rejects.toMatchObject({ code: 'MR_CHECKPOINT_PART_UNREADABLE' });
    await expect(store.write(3_000, new Uint8Array(101))).rejects.toMatchObject({
      code: 'MR_CHECKPOINT_TOO_LARGE',
    });
    await expect(store.writePart(2, new Uint8Array(101))).rejects.toMatchObject({
      code: 'MR_CHECKPOINT_TOO_LARGE',
    });
  });

  it('refuses a directory that another driver uses', async () => {
    const storage = new MemoryDisk();
    const { store } = await storeOn(storage);
    await expect(storeOn(storage)).rejects.toMatchObject({ code: 'MR_STORAGE_LOCKED' });
    await store.close();
    await expect(storeOn(storage)).resolves.toBeDefined();
  });

  it('keeps parts beside checkpoints, each by its number', async () => {
    const { store } = await withTwo();
    await store.writePart(7, bytesOf('seven'));
    await store.writePart(10, bytesOf('ten'));
    expect([await store.listParts(), textOf(await store.readPart(7))]).toEqual([[7, 10], 'seven']);
    await store.prune(1);
    await store.removePart(7);
    await store.removePart(7);
    expect([await store.listParts(), await store.list()]).toEqual([[10], [2_000]]);
  });

  it('refuses a part that is missing, damaged or renamed', async () => {
    const { storage, store } = await withTwo();
    await store.writePart(1, bytesOf('one'));
    const content = storage.files.get('/checkpoints/part-1') ?? new Uint8Array();
    storage.files.set('/checkpoints/part-2', content);
    storage.files.set('/checkpoints/part-3', content.slice(0, -1));
    for (const part of [2, 3, 4]) {
      await expect(store.readPart(part)).rejects.toMatchObject({ code: 'MR_CHECKPOINT_PART_UNREADABLE' });
    }
    expect(textOf(await store.readPart(1))).toBe('one');
  });

  it('waits for `accept`, and skips a checkpoint that accept refuses', async () => {
    const { store } = await withTwo();
    const newest = await store.newest(async ({ batchTime }) => batchTime < 2_000);
    expect(newest?.batchTime).toBe(1_000);
  });
});

/** A storage that records its operations, and fails at one step. */
function watched(storage: MemoryDisk, steps: string[], world = { failing: '' }): Storage {
  const watch = <T extends object>(target: T): T =>
    new Proxy(target, {
      get: (_, name) => {
        const value: unknown = Reflect.get(target, name);
        if (typeof value !== 'function') return value;
        return async (...args: unknown[]) => {
          steps.push(String(name));
          if (world.failing === name) throw new Error(`${world.failing} failed`);
          const result: unknown = await Reflect.apply(value, target, args);
          return name === 'open' ? watch(result as StorageFile) : result;
        };
      },
    });
  return watch(storage);
}
