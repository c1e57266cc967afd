// A digest of the program's files: the script, and the files that the script imports by relative names, directly or through
// others. Packages are not read: their versions belong to the deployment, and the version of @millrace/core is compared apart.
import { createHash } from 'node:crypto';
import { dirname, relative, resolve } from 'node:path';
import { messageOf, type Storage } from '@millrace/core';
import { readSmallFile } from '@millrace/core/engine';
import { remoteError } from '../remote-errors.ts';

/** Relative names in `import … from '…'`, `export … from '…'`, `import('…')` and `require('…')`. */
const RELATIVE_IMPORT = /(?:\bfrom|\bimport|\brequire)\s*\(?\s*(['"])(\.{1,2}\/[^'"\n]+)\1/g;

/** The number of files of a program, and the bytes of one. */
const FILES_MAX = 10_000;
const FILE_BYTES_MAX = 256 * 1024 * 1024;

/**
 * The digest of a program, equal on two machines exactly when the files are equal and lie alike below the directory of the
 * script. A relative name without a file, for instance one in a comment, counts by its name.
 *
 * @throws `MR_REMOTE_NO_PROGRAM` when the script cannot be read.
 */
export async function programDigest(storage: Storage, script: string): Promise<string> {
  const first = resolve(script);
  const files = new Map<string, Buffer>();
  const waiting = [first];
  for (let path = waiting.pop(); path !== undefined && files.size < FILES_MAX; path = waiting.pop()) {
    if (files.has(path)) continue;
    const content = await contentOf(storage, path, path === first);
    files.set(path, content);
    for (const [, , name = ''] of content.toString('utf8').matchAll(RELATIVE_IMPORT))
      waiting.push(resolve(dirname(path), name));
  }
  const base = dirname(first);
  const named = [...files].map(
    ([path, content]) => [relative(base, path).replaceAll('\\', '/'), content] as const,
  );
  const hash = createHash('sha256');
  for (const [name, content] of named.toSorted(([one], [two]) => (one < two ? -1 : 1)))
    hash.update(JSON.stringify([name, content.byteLength])).update(content);
  return hash.digest('hex');
}

async function contentOf(storage: Storage, path: string, isScript: boolean): Promise<Buffer> {
  try {
    return await readSmallFile(storage, path, FILE_BYTES_MAX);
  } catch (cause) {
    if (!isScript) return Buffer.alloc(0);
    const message = `expected the program at ${path}, and could not read the file: ${messageOf(cause)}`;
    throw remoteError('MR_REMOTE_NO_PROGRAM', message, { cause, details: { script: path } });
  }
}
