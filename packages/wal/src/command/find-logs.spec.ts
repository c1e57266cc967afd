import { coreError } from '@millrace/core';
import { MemoryStorage } from '@millrace/testing';
import { describe, expect, it } from 'vitest';
import { codeOf } from '../../test/open-log.ts';
import { findLogs } from './find-logs.ts';

const SEGMENT = 'segment-000000000001.wal';

function diskWith(...paths: readonly string[]): MemoryStorage {
  const storage = new MemoryStorage();
  for (const path of paths) storage.writeFile(path, '');
  return storage;
}

async function namesIn(storage: MemoryStorage, directory: string): Promise<readonly string[]> {
  return (await findLogs(storage, directory)).logs.map(({ name }) => name);
}

describe('findLogs', () => {
  it('names logs by their path from the directory', async () => {
    const storage = diskWith(`/x/wal/b/${SEGMENT}`, `/x/wal/a/${SEGMENT}`, '/x/run.json', '/x/checkpoints/c');
    expect(await namesIn(storage, '/x')).toEqual(['wal/a', 'wal/b']);
    expect(await namesIn(storage, '/x/wal')).toEqual(['a', 'b']);
  });

  it('names the folder of one log by its own name', async () => {
    expect(await namesIn(diskWith(`/x/wal/a/${SEGMENT}`), '/x/wal/a')).toEqual(['a']);
  });

  it('searches four levels down and no further', async () => {
    const storage = diskWith(`/x/1/2/3/4/${SEGMENT}`, `/x/a/b/c/d/e/${SEGMENT}`);
    expect(await namesIn(storage, '/x')).toEqual(['1/2/3/4']);
  });

  it('refuses a directory without logs, and a missing directory', async () => {
    const storage = diskWith('/x/other/segment-1.wal');
    expect(await codeOf(findLogs(storage, '/x'))).toBe('MR_WAL_LOG_NOT_FOUND');
    expect(await codeOf(findLogs(storage, '/y'))).toBe('MR_STORAGE_NOT_FOUND');
  });

  it('continues after a folder without read permission', async () => {
    const storage = diskWith(`/x/a/${SEGMENT}`, '/x/secret/file');
    const list = storage.list.bind(storage);
    storage.list = (path) =>
      path === '/x/secret' ? Promise.reject(coreError('MR_STORAGE_DENIED', 'denied')) : list(path);
    const { logs, problems } = await findLogs(storage, '/x');
    expect(logs).toHaveLength(1);
    expect(problems).toEqual([{ code: 'MR_STORAGE_DENIED', message: 'denied' }]);
  });
});
