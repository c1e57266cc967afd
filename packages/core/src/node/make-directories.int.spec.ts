// On real directories: the kinds of places where a directory cannot be made. None of the calls may hang.
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeDirectories, makeDirectoriesSync } from './make-directories.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'make-directories-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const MODULE = new URL('make-directories.ts', import.meta.url).href;

/** Makes a directory in a process whose working directory has been removed; answers the code of the error. */
async function inRemovedDirectory(name: string, path: string): Promise<string> {
  const program = `
    import { mkdir, rmdir } from 'node:fs/promises';
    const { ${name}: make } = await import(${JSON.stringify(MODULE)});
    await mkdir('gone');
    process.chdir('gone');
    await rmdir('../gone');
    try {
      await make(${JSON.stringify(path)});
    } catch (error) {
      console.log(error.code);
    }`;
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--conditions=millrace:source', '--input-type=module', '--eval', program],
    { cwd: directory, timeout: 50_000 },
  );
  return stdout.trim();
}

describe('makeDirectories', () => {
  it('makes every directory above, and accepts existing ones', async () => {
    const path = join(directory, 'a/b/c');
    await Promise.all([makeDirectories(path, 0o700), makeDirectories(join(directory, 'a/b/d'))]);
    await makeDirectories(path);
    expect((await stat(path)).isDirectory()).toBe(true);
    if (process.platform !== 'win32') expect((await stat(path)).mode & 0o777).toBe(0o700);
    await makeDirectories('/');
  });

  it('accepts a link to a directory, and refuses a dangling link', async () => {
    await mkdir(join(directory, 'real'));
    await symlink('real', join(directory, 'link'));
    await symlink('nowhere', join(directory, 'dangling'));
    await symlink('loop', join(directory, 'loop'));
    await makeDirectories(join(directory, 'link/a'));
    await expect(makeDirectories(join(directory, 'dangling'))).rejects.toMatchObject({ code: 'EEXIST' });
    await expect(makeDirectories(join(directory, 'dangling/a'))).rejects.toMatchObject({ code: 'EEXIST' });
    await expect(makeDirectories(join(directory, 'loop/a'))).rejects.toMatchObject({ code: 'ELOOP' });
  });

  it('refuses a file, and a directory inside a file', async () => {
    await writeFile(join(directory, 'file'), '');
    await expect(makeDirectories(join(directory, 'file'))).rejects.toMatchObject({ code: 'EEXIST' });
    await expect(makeDirectories(join(directory, 'file/a/b'))).rejects.toMatchObject({ code: 'ENOTDIR' });
  });

  it.runIf(process.platform === 'linux').each([
    ['makeDirectories', 'a'],
    ['makeDirectories', 'a/b'],
    ['makeDirectories', './a/b/c'],
    ['makeDirectoriesSync', 'a/b/c'],
  ])('ends in a working directory that was removed: %s of %s', async (name, path) => {
    expect(await inRemovedDirectory(name, path)).toBe('ENOENT');
  });

  it.runIf(process.platform === 'linux')('ends where the system makes no directories', async () => {
    await expect(makeDirectories('/proc/millrace/a/b')).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

describe('makeDirectoriesSync', () => {
  it('makes and refuses the same directories', async () => {
    await writeFile(join(directory, 'file'), '');
    makeDirectoriesSync(join(directory, 'a/b/c'));
    makeDirectoriesSync(join(directory, 'a/b/c'));
    expect((await stat(join(directory, 'a/b/c'))).isDirectory()).toBe(true);
    expect(() => makeDirectoriesSync(join(directory, 'file'))).toThrow(/EEXIST/);
    expect(() => makeDirectoriesSync(join(directory, 'file/a'))).toThrow(/ENOTDIR/);
  });
});
