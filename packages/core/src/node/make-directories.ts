// A directory with the directories above. The recursive `mkdir` of Node never ends where the system answers ENOENT below a
// directory that exists: in a working directory that was removed, and in /proc. Such a call keeps a thread of libuv for ever.
import { mkdirSync, statSync } from 'node:fs';
import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { systemCode } from './storage-failure.ts';

/**
 * Makes a directory, and every missing directory above. An existing directory is left as it is.
 *
 * @param mode Permission bits of the directory itself, when made here.
 * @throws the error of the system.
 */
export async function makeDirectories(path: string, mode?: number): Promise<void> {
  const options = mode === undefined ? {} : { mode };
  try {
    await mkdir(path, options);
    return;
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') return await refuseUnlessThere(path, error);
    const above = dirname(path);
    if (above === path) throw error;
    await makeDirectories(above);
  }
  await mkdir(path, options).catch((error: unknown) => refuseUnlessThere(path, error));
}

/** Accepts a directory for any error of `mkdir`: a read-only file system answers EROFS, a drive of Windows EPERM. */
async function refuseUnlessThere(path: string, error: unknown): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory() !== true) throw error;
}

/** The same for a caller that cannot wait. @throws the error of the system. */
export function makeDirectoriesSync(path: string): void {
  try {
    mkdirSync(path);
    return;
  } catch (error) {
    const above = dirname(path);
    if (systemCode(error) !== 'ENOENT' || above === path) return refuseUnlessThereSync(path, error);
    makeDirectoriesSync(above);
  }
  try {
    mkdirSync(path);
  } catch (error) {
    refuseUnlessThereSync(path, error);
  }
}

function refuseUnlessThereSync(path: string, error: unknown): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) throw error;
}
