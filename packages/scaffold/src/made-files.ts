// Files and directories made by one run, so that a failed run can remove everything that it made.
import { mkdir, rm, rmdir, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** The files of one run. */
export class MadeFiles {
  readonly #folder: string;
  readonly #paths: string[] = [];
  /** The innermost last. */
  readonly #directories: string[] = [];

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Paths of the files, in their folder. */
  get paths(): readonly string[] {
    return this.#paths;
  }

  /** Writes a new file, and makes its directories. */
  async write(path: string, text: string): Promise<void> {
    const target = join(this.#folder, path);
    await this.#makeDirectory(dirname(target));
    // A file that has appeared meanwhile belongs to another program.
    await writeFile(target, text, { flag: 'wx' }).catch(async (error: NodeJS.ErrnoException) => {
      // A full disk leaves a part of the file.
      if (error.code !== 'EEXIST') await rm(target, { force: true }).catch(() => undefined);
      throw error;
    });
    this.#paths.push(path);
  }

  /** Removes everything again; a directory with other content stays. Never rejects. */
  async remove(): Promise<void> {
    for (const path of this.#paths)
      await rm(join(this.#folder, path), { force: true }).catch(() => undefined);
    for (const directory of this.#directories.toReversed()) await rmdir(directory).catch(() => undefined);
  }

  /** One by one: the recursive `mkdir` never ends in a working directory that was removed, and in /proc. */
  async #makeDirectory(path: string): Promise<void> {
    try {
      await mkdir(path);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== 'ENOENT') return this.#acceptThere(path, error);
      if (dirname(path) === path) throw error;
      await this.#makeDirectory(dirname(path));
      await mkdir(path);
    }
    this.#directories.push(path);
  }

  async #acceptThere(path: string, error: unknown): Promise<void> {
    const found = await stat(path).catch(() => undefined);
    if (found?.isDirectory() !== true) throw error;
  }
}
