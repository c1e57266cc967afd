import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { digestOfFolder, sourceDigest } from './source-digest.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sources-'));
});
afterEach(() => rm(folder, { recursive: true }));

const FILES = [
  { path: 'src/a.ts', text: 'one\n' },
  { path: 'src/inner/b.ts', text: 'two\n' },
] as const;

async function write(files: readonly { readonly path: string; readonly text: string }[]): Promise<void> {
  await mkdir(join(folder, 'src', 'inner'), { recursive: true });
  for (const { path, text } of files) await writeFile(join(folder, path), text);
}

describe('the digest of sources', () => {
  it('is the same for a folder and a list of files', async () => {
    await write(FILES);
    expect(await digestOfFolder(folder)).toBe(sourceDigest(FILES.toReversed()));
  });

  it('changes with a name and with a text', () => {
    const [a, b] = FILES;
    const digests = [FILES, [a], [{ ...a, path: 'src/c.ts' }, b], [{ ...a, text: 'three\n' }, b]].map(
      sourceDigest,
    );
    expect(new Set(digests).size).toBe(4);
  });

  it('ignores tests, line ends and everything outside of src', () => {
    const [a, b] = FILES;
    const others = ['README.md', 'dist/a.js', 'src/a.spec.ts', 'src/a.test.ts'].map((path) => ({
      path,
      text: '',
    }));
    expect(sourceDigest([{ ...a, text: 'one\r\n' }, b, ...others])).toBe(sourceDigest(FILES));
  });

  it('is undefined without sources', async () => {
    expect([await digestOfFolder(folder), sourceDigest([])]).toEqual([undefined, undefined]);
  });
});
