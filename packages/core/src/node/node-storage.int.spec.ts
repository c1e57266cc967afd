import { mkdtemp, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isMillraceError } from '../errors/millrace-error.ts';
import { NodeStorage } from './node-storage.ts';

const storage = new NodeStorage();
const text = new TextEncoder();
let root = '';

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'millrace-storage-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

/** A directory of its own for each test. */
async function directory(): Promise<string> {
  return mkdtemp(join(root, 'd-'));
}

async function codeOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    if (isMillraceError(error)) return error.code;
    throw error;
  }
  return 'no error';
}

describe('NodeStorage files', () => {
  it('appends gathered buffers in order and reads them anywhere', async () => {
    const path = join(await directory(), 'file');
    const file = await storage.open(path, 'create');
    await file.append([text.encode('ab'), new Uint8Array(0), text.encode('cde')]);
    await file.append([text.encode('f')]);
    await file.append([]);
    await file.sync();
    expect(await file.size()).toBe(6);
    expect(Buffer.from(await file.readAt(1, 3)).toString()).toBe('bcd');
    expect(Buffer.from(await file.readAt(4, 100)).toString()).toBe('ef');
    expect(await file.readAt(6, 1)).toHaveLength(0);
    await file.close();
  });

  it('appends more buffers than the system gathers at once', async () => {
    const path = join(await directory(), 'file');
    const file = await storage.open(path, 'append');
    const lines = Array.from({ length: 5_000 }, (_, index) => text.encode(`line ${index}\n`));
    await file.append(lines);
    await file.close();
    expect(await readFile(path, 'utf8')).toBe(Buffer.concat(lines).toString());
  });

  it('appends to existing content, also after truncation', async () => {
    const path = join(await directory(), 'file');
    await writeFile(path, 'old and long');
    const file = await storage.open(path, 'append');
    await file.truncate(3);
    await file.append([text.encode(' new')]);
    await file.close();
    expect(await readFile(path, 'utf8')).toBe('old new');
  });

  it('overwrites existing content from its beginning, and truncates the rest', async () => {
    const path = join(await directory(), 'file');
    await writeFile(path, 'old and long');
    const file = await storage.open(path, 'overwrite');
    await file.append([text.encode('n'), text.encode('ew')]);
    await file.append([text.encode(' is')]);
    expect(await readFile(path, 'utf8')).toBe('new isd long');
    await file.truncate(3);
    await file.append([text.encode(', and longer')]);
    await file.sync();
    await file.close();
    expect(await readFile(path, 'utf8')).toBe('new, and longer');
  });

  it('refuses to overwrite a missing file', async () => {
    const path = join(await directory(), 'absent');
    expect(await codeOf(storage.open(path, 'overwrite'))).toBe('MR_STORAGE_NOT_FOUND');
    expect(await storage.stat(path)).toBeUndefined();
  });

  it('gives each reader memory of its own', async () => {
    const path = join(await directory(), 'file');
    await writeFile(path, 'abc');
    const file = await storage.open(path, 'read');
    const bytes = await file.readAt(0, 3);
    expect(bytes.buffer.byteLength).toBe(3);
    await file.close();
  });

  it('may be closed twice, and refuses any later operation', async () => {
    const file = await storage.open(join(await directory(), 'file'), 'create');
    await file.close();
    await file.close();
    expect(await codeOf(file.append([text.encode('a')]))).toBe('MR_STORAGE_FAILED');
  });
});

describe('NodeStorage directories', () => {
  it('lists entries with their kind, size and time', async () => {
    const path = await directory();
    await writeFile(join(path, 'a.txt'), 'abc');
    await utimes(join(path, 'a.txt'), 1_000, 1_000.25);
    await storage.makeDirectory(join(path, 'sub/below'));
    await symlink(join(path, 'a.txt'), join(path, 'link'));
    await symlink(join(path, 'nowhere'), join(path, 'dangling'));
    const entries = (await storage.list(path)).toSorted((a, b) => (a.name < b.name ? -1 : 1));
    expect(entries).toEqual([
      { name: 'a.txt', kind: 'file', sizeBytes: 3, modifiedMs: 1_000_250 },
      { name: 'dangling', kind: 'other', sizeBytes: 0, modifiedMs: 0, problem: 'ENOENT' },
      { name: 'link', kind: 'file', sizeBytes: 3, modifiedMs: 1_000_250 },
      { name: 'sub', kind: 'directory', sizeBytes: 0, modifiedMs: expect.any(Number) as number },
    ]);
  });

  it('lists many entries', async () => {
    const path = await directory();
    await Promise.all(Array.from({ length: 200 }, (_, index) => writeFile(join(path, `f${index}`), '')));
    expect(await storage.list(path)).toHaveLength(200);
  });

  it('inspects one entry, or finds none', async () => {
    const path = await directory();
    await writeFile(join(path, 'a'), 'abcd');
    expect(await storage.stat(join(path, 'a'))).toMatchObject({ name: 'a', kind: 'file', sizeBytes: 4 });
    expect(await storage.stat(join(path, 'b'))).toBeUndefined();
    expect(await storage.stat(join(path, 'a', 'b'))).toBeUndefined();
  });

  it('renames over an existing file and makes the renaming durable', async () => {
    const path = await directory();
    await writeFile(join(path, 'new'), 'new');
    await writeFile(join(path, 'old'), 'old');
    await storage.rename(join(path, 'new'), join(path, 'old'));
    await storage.syncDirectory(path);
    expect(await readFile(join(path, 'old'), 'utf8')).toBe('new');
  });

  it('removes files, and accepts missing files', async () => {
    const path = join(await directory(), 'a');
    await writeFile(path, '');
    await storage.remove(path);
    await storage.remove(path);
    expect(await storage.stat(path)).toBeUndefined();
  });

  it('accepts an existing directory in makeDirectory', async () => {
    const path = await directory();
    await storage.makeDirectory(path);
    expect(await storage.list(path)).toEqual([]);
  });
});

describe('NodeStorage failures', () => {
  it('report a missing file, with path and cause', async () => {
    const path = join(await directory(), 'absent');
    const error: unknown = await storage.open(path, 'read').catch((failure: unknown) => failure);
    if (!isMillraceError(error, 'MR_STORAGE_NOT_FOUND')) throw new Error('no such error', { cause: error });
    expect(error.details).toMatchObject({ path, system: 'ENOENT' });
    expect(error.cause).toBeInstanceOf(Error);
    expect(await codeOf(storage.list(path))).toBe('MR_STORAGE_NOT_FOUND');
    expect(await codeOf(storage.rename(path, `${path}2`))).toBe('MR_STORAGE_NOT_FOUND');
    expect(await codeOf(storage.syncDirectory(path))).toBe('MR_STORAGE_NOT_FOUND');
  });

  it('report an existing file', async () => {
    const path = join(await directory(), 'file');
    await writeFile(path, '');
    expect(await codeOf(storage.open(path, 'create'))).toBe('MR_STORAGE_EXISTS');
    expect(await codeOf(storage.makeDirectory(path))).toBe('MR_STORAGE_EXISTS');
  });

  it('report that a directory is not a file for appending', async () => {
    expect(await codeOf(storage.open(await directory(), 'append'))).toBe('MR_STORAGE_FAILED');
  });
});
