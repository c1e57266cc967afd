import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NodeStorage } from '../node/node-storage.ts';
import { readSmallFile } from './read-small-file.ts';

const storage = new NodeStorage();
let root = '';

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'millrace-small-'));
  await writeFile(join(root, 'a.pem'), 'content');
});
afterAll(() => rm(root, { recursive: true, force: true }));

describe('readSmallFile', () => {
  it('reads a file whole', async () => {
    const bytes = await readSmallFile(storage, join(root, 'a.pem'));
    expect(Buffer.from(bytes).toString()).toBe('content');
  });

  it('refuses a file above its bound, and a missing file', async () => {
    await expect(readSmallFile(storage, join(root, 'a.pem'), 6)).rejects.toThrow('at most 6 bytes');
    await expect(readSmallFile(storage, join(root, 'b.pem'))).rejects.toMatchObject({
      code: 'MR_STORAGE_NOT_FOUND',
    });
  });
});
