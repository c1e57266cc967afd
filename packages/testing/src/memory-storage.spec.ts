import { isMillraceError, ManualClock, type Storage } from '@millrace/core';
import { describe, expect, it } from 'vitest';
import { MemoryStorage } from './memory-storage.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (read: Uint8Array): string => new TextDecoder().decode(read);

async function codeOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    if (isMillraceError(error)) return error.code;
    throw error;
  }
  return 'no error';
}

async function append(storage: Storage, path: string, content: string): Promise<void> {
  const file = await storage.open(path, 'append');
  await file.append([bytes(content)]);
  await file.close();
}

describe('MemoryStorage files', () => {
  it('are appended to, synced and read anywhere', async () => {
    const storage = new MemoryStorage();
    const file = await storage.open('/log', 'create');
    await file.append([bytes('ab'), bytes('cde')]);
    await file.append([bytes('f')]);
    await file.sync();
    expect(await file.size()).toBe(6);
    expect(text(await file.readAt(1, 3))).toBe('bcd');
    expect(text(await file.readAt(4, 100))).toBe('ef');
    expect(await file.readAt(9, 1)).toHaveLength(0);
  });

  it('are overwritten from the beginning, and cut after the new content', async () => {
    const storage = new MemoryStorage({ maxBytes: 12 });
    storage.writeFile('/log', 'old and long');
    const file = await storage.open('/log', 'overwrite');
    await file.append([bytes('n'), bytes('ew')]);
    await file.append([bytes(' is')]);
    expect(storage.readText('/log')).toBe('new isd long');
    await file.truncate(3);
    await file.append([bytes(' or long')]);
    expect(storage.readText('/log')).toBe('new or long');
    expect(await codeOf(file.append([bytes('er')]))).toBe('MR_STORAGE_FULL');
    expect(await codeOf(storage.open('/absent', 'overwrite'))).toBe('MR_STORAGE_NOT_FOUND');
  });

  it('keep copies of written data and return copies of read data', async () => {
    const storage = new MemoryStorage();
    const content = bytes('abc');
    storage.writeFile('/a', content);
    const file = await storage.open('/a', 'append');
    await file.append([content]);
    content.fill(0);
    (await file.readAt(0, 6)).fill(0);
    expect(storage.readText('/a')).toBe('abcabc');
  });

  it('are cut, and appended to after that', async () => {
    const storage = new MemoryStorage();
    storage.writeFile('/a', 'old and long');
    const file = await storage.open('/a', 'append');
    await file.truncate(3);
    await file.append([bytes(' new')]);
    await file.truncate(9);
    expect(storage.readText('/a')).toBe('old new\0\0');
  });

  it('fail after close, and close may be repeated', async () => {
    const file = await new MemoryStorage().open('/a', 'create');
    await file.close();
    await file.close();
    expect(await codeOf(file.append([bytes('a')]))).toBe('MR_STORAGE_FAILED');
  });

  it('stay open when their name is reassigned', async () => {
    const storage = new MemoryStorage();
    storage.writeFile('/a', 'first');
    const file = await storage.open('/a', 'read');
    await storage.remove('/a');
    storage.writeFile('/a', 'second');
    expect(text(await file.readAt(0, 10))).toBe('first');
  });

  it('are refused when the disk is full, and written again when there is room', async () => {
    const storage = new MemoryStorage({ maxBytes: 5 });
    await append(storage, '/a', 'abc');
    expect(await codeOf(append(storage, '/b', 'def'))).toBe('MR_STORAGE_FULL');
    storage.maxBytes = 6;
    await append(storage, '/b', 'def');
    expect(storage.readText('/b')).toBe('def');
  });
});

describe('MemoryStorage directories', () => {
  it('list their entries with kind, size and time', async () => {
    const clock = new ManualClock(1_000);
    const storage = new MemoryStorage({ clock });
    await storage.makeDirectory('/spool/done');
    await clock.advance(500);
    storage.writeFile('/spool/a.txt', 'abc');
    storage.writeFile('/spool/old.txt', '', { modifiedMs: 7.5 });
    storage.writeFile('/spool/done/deep.txt', 'not listed');
    expect(await storage.list('/spool')).toEqual([
      { name: 'a.txt', kind: 'file', sizeBytes: 3, modifiedMs: 1_500 },
      { name: 'done', kind: 'directory', sizeBytes: 0, modifiedMs: 1_000 },
      { name: 'old.txt', kind: 'file', sizeBytes: 0, modifiedMs: 7.5 },
    ]);
  });

  it('give changed files the time of the change', async () => {
    const clock = new ManualClock(1_000);
    const storage = new MemoryStorage({ clock });
    await append(storage, '/a', 'a');
    await clock.advance(10);
    await append(storage, '/a', 'b');
    expect((await storage.stat('/a'))?.modifiedMs).toBe(1_010);
  });

  it('take relative paths as starting at the root', async () => {
    const storage = new MemoryStorage();
    await storage.makeDirectory('./data//wal');
    await append(storage, 'data/wal/../wal/1', 'a');
    expect(storage.paths()).toEqual(['/data/wal/1']);
  });

  it('rename over an existing entry', async () => {
    const storage = new MemoryStorage();
    storage.writeFile('/new', 'new');
    storage.writeFile('/old', 'old');
    await storage.rename('/new', '/old');
    expect(storage.paths()).toEqual(['/old']);
    expect(storage.readText('/old')).toBe('new');
  });

  it('report missing entries as not found', async () => {
    const storage = new MemoryStorage();
    expect(await storage.stat('/a')).toBeUndefined();
    expect(await codeOf(storage.remove('/a'))).toBe('no error');
    expect(await codeOf(storage.makeDirectory('/'))).toBe('no error');
  });

  it('fail with the codes of the port', async () => {
    const storage = new MemoryStorage();
    storage.writeFile('/dir/file', '');
    expect(await codeOf(storage.open('/absent', 'read'))).toBe('MR_STORAGE_NOT_FOUND');
    expect(await codeOf(storage.open('/absent/file', 'append'))).toBe('MR_STORAGE_NOT_FOUND');
    expect(await codeOf(storage.open('/dir/file', 'create'))).toBe('MR_STORAGE_EXISTS');
    expect(await codeOf(storage.open('/dir', 'append'))).toBe('MR_STORAGE_FAILED');
    expect(await codeOf(storage.list('/absent'))).toBe('MR_STORAGE_NOT_FOUND');
    expect(await codeOf(storage.rename('/absent', '/dir/b'))).toBe('MR_STORAGE_NOT_FOUND');
    expect(await codeOf(storage.rename('/dir/file', '/absent/b'))).toBe('MR_STORAGE_NOT_FOUND');
    expect(await codeOf(storage.makeDirectory('/dir/file'))).toBe('MR_STORAGE_EXISTS');
    expect(await codeOf(storage.syncDirectory('/absent'))).toBe('MR_STORAGE_NOT_FOUND');
  });
});

describe('MemoryStorage locks', () => {
  it('have one holder at a time', async () => {
    const storage = new MemoryStorage();
    const release = await storage.lock('/lock');
    expect(await codeOf(storage.lock('/lock'))).toBe('MR_STORAGE_LOCKED');
    await release();
    const releaseSecond = await storage.lock('/lock');
    await release();
    expect(await codeOf(storage.lock('/lock'))).toBe('MR_STORAGE_LOCKED');
    await releaseSecond();
  });
});
