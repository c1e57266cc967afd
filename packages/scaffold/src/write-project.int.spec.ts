// Writes projects into a temporary folder.
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MadeFiles } from './made-files.ts';
import { UsageError } from './usage-error.ts';
import { writeProject } from './write-project.ts';

let parent: string;
let folder: string;
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'scaffold-'));
  folder = join(parent, 'project');
});
afterEach(() => rm(parent, { recursive: true }));

const read = (path: string) => readFile(join(folder, path), 'utf8');

describe('writeProject', () => {
  it('writes files into a new folder, and returns their paths in order', async () => {
    const paths = await writeProject(folder, async (write) => {
      await write('src/b.ts', 'b');
      await write('a.txt', 'a');
    });
    expect(paths).toEqual(['a.txt', 'src/b.ts']);
    expect(await read('src/b.ts')).toBe('b');
  });

  it('removes everything again when a file cannot be written', async () => {
    await mkdir(join(folder, '.git'), { recursive: true });
    const written = writeProject(folder, async (write) => {
      await write('src/a.ts', 'a');
      await write(`src/${'x'.repeat(300)}.ts`, 'b');
    });
    await expect(written).rejects.toThrow(UsageError);
    expect(await readdir(folder)).toEqual(['.git']);
  });

  it('refuses a folder with a file, and leaves the file alone', async () => {
    await mkdir(folder);
    await writeFile(join(folder, 'notes.txt'), 'mine');
    await expect(writeProject(folder, async () => {})).rejects.toThrow(
      /is not empty, and contains notes.txt/,
    );
    expect(await read('notes.txt')).toBe('mine');
  });
});

describe('MadeFiles', () => {
  it('overwrites no file, and removes no directory that was there', async () => {
    const made = new MadeFiles(folder);
    await made.write('src/a.ts', 'a');
    await made.write('test/deep/b.ts', 'b');
    await mkdir(join(folder, '.git'));
    await expect(made.write('src/a.ts', 'c')).rejects.toMatchObject({ code: 'EEXIST' });
    expect(await read('src/a.ts')).toBe('a');
    await made.remove();
    expect(await readdir(folder)).toEqual(['.git']);
  });
});
