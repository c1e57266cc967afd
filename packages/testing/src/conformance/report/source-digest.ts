// Identifies the tested sources, so that results of older code can be recognized: a digest of all files in `src` except
// tests. The digest is the same for a folder, a packed tarball and a checkout with other line ends.
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { isMillraceError, NodeStorage } from '@millrace/core';
import { readTextFile } from './whole-text-files.ts';

const TEST = /\.(?:spec|spec-d|test|test-d)\.[cm]?[jt]sx?$/;
const storage = new NodeStorage();

/** A file of a package. */
export interface SourceFile {
  /** Relative to the package's folder, with `/` on every system: `src/index.ts`. */
  readonly path: string;
  readonly text: string;
}

/** The digest of a package's sources; other files are ignored. Undefined when there are no sources. */
export function sourceDigest(files: Iterable<SourceFile>): string | undefined {
  const sources = [...files].filter(({ path }) => path.startsWith('src/') && !TEST.test(path));
  if (sources.length === 0) return undefined;
  const hash = createHash('sha256');
  for (const { path, text } of sources.toSorted((a, b) => (a.path < b.path ? -1 : 1))) {
    hash.update(`${path}\0${text.replaceAll('\r\n', '\n')}\0`);
  }
  return `sha256-${hash.digest('base64url')}`;
}

/** The digest of the sources in a package's folder. */
export async function digestOfFolder(folder: string): Promise<string | undefined> {
  const files: SourceFile[] = [];
  for await (const path of pathsBelow(folder, 'src')) {
    if (!TEST.test(path)) files.push({ path, text: (await readTextFile(join(folder, path))) ?? '' });
  }
  return sourceDigest(files);
}

async function* pathsBelow(folder: string, path: string): AsyncGenerator<string> {
  for (const { name, kind } of await entriesOf(join(folder, path))) {
    if (kind === 'directory') yield* pathsBelow(folder, `${path}/${name}`);
    else if (kind === 'file') yield `${path}/${name}`;
  }
}

async function entriesOf(folder: string): ReturnType<NodeStorage['list']> {
  try {
    return await storage.list(folder);
  } catch (error) {
    // A package without `src` has no sources to identify.
    if (isMillraceError(error, 'MR_STORAGE_NOT_FOUND')) return [];
    throw error;
  }
}
