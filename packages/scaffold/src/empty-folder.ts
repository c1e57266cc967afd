// The folder of a new project: absent, empty, or with an empty repository.
import { readdir } from 'node:fs/promises';
import { UsageError } from './usage-error.ts';

/** @throws UsageError when the folder contains anything except a `.git`, or is not a folder. */
export async function assertEmpty(folder: string): Promise<void> {
  const found = (await entriesOf(folder)).filter((name) => name !== '.git');
  if (found.length === 0) return;
  throw new UsageError(`${folder} is not empty, and contains ${found[0]}; name a new folder`);
}

async function entriesOf(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT') return [];
    if (code === 'ENOTDIR') throw new UsageError(`${folder} is a file; name a new folder`);
    throw refusalOf(folder, error) ?? error;
  }
}

/** The words for an error of the system; undefined for any other error. */
export function refusalOf(folder: string, error: unknown): UsageError | undefined {
  const isSystemError = error instanceof Error && 'syscall' in error;
  return isSystemError ? new UsageError(`could not write into ${folder}: ${error.message}`) : undefined;
}
