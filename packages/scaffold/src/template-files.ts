// The files of a template: a folder that works as it stands, in its own repository.
import { readdir } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';

/** A file of a template. */
export interface TemplateFile {
  /** Its path in the template, with `/` on every system. */
  readonly path: string;
  /** The path on the disk. */
  readonly source: string;
}

/** npm, and tools that read packages, give files of these names a meaning; a template has other names. */
export const RENAMED_FILES: Readonly<Record<string, string>> = {
  _dockerignore: '.dockerignore',
  '_env.example': '.env.example',
  _gitignore: '.gitignore',
  '_package.json': 'package.json',
  '_tsconfig.json': 'tsconfig.json',
};

/** The files that a repository puts beside a template. */
const FOREIGN = /^(?:node_modules|dist|data)\//;

/** Every file of a template. */
export async function templateFiles(folder: string): Promise<readonly TemplateFile[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => {
      const source = join(parentPath, name);
      return { path: relative(folder, source).split(sep).join('/'), source };
    })
    .filter(({ path }) => !FOREIGN.test(path));
}
